// A linked list, filled, sorted by merging, searched and reversed: pointers and branches.

#include "kernel.h"

#include <stddef.h>

enum { length = 2000 };

struct Node {
    struct Node* next;
    uint32_t key;
};

static struct Node nodes[length];

static struct Node* merge(struct Node* left, struct Node* right) {
    struct Node head = {NULL, 0};
    struct Node* tail = &head;
    while (left && right) {
        struct Node** const smaller = left->key <= right->key ? &left : &right;
        tail->next = *smaller;
        tail = *smaller;
        *smaller = (*smaller)->next;
    }
    tail->next = left ? left : right;
    return head.next;
}

static struct Node* sort(struct Node* list) {
    if (!list || !list->next) return list;
    struct Node *slow = list, *fast = list->next;
    while (fast && fast->next) {
        slow = slow->next;
        fast = fast->next->next;
    }
    struct Node* const second = slow->next;
    slow->next = NULL;
    struct Node* const first = sort(list);
    return merge(first, sort(second));
}

static struct Node* reverse(struct Node* list) {
    struct Node* turned = NULL;
    while (list) {
        struct Node* const next = list->next;
        list->next = turned;
        turned = list;
        list = next;
    }
    return turned;
}

uint64_t list_kernel(uint32_t rounds) {
    uint64_t sum = 1;
    uint32_t seed = 7;
    while (rounds-- > 0) {
        for (int i = 0; i < length; ++i)
            nodes[i] =
                (struct Node){i + 1 < length ? &nodes[i + 1] : NULL, next_random(&seed) % 5000};
        struct Node* list = reverse(sort(nodes));
        uint32_t const wanted = next_random(&seed) % 5000;
        while (list && list->key > wanted) list = list->next;
        sum = mix(sum, list ? list->key : wanted);
    }
    return sum;
}
