/* What is loaded beside QEMU on the model, for two things that a model below the kernel's interface cannot do.

   QEMU asks its processor itself where memory encryption's bit is: its CPUID instructions have become ones that trap (qemu_guest.py),
   and here is what then answers. Leaf 8000_001F is KVM's to say, as it is for the model's other strangers; all other leaves are the
   processor's.

   A signal ends a call that waits for the model, where the kernel's own would go on: calls begin again behind the handler of the
   signal by which QEMU stops a processor. That one asks for the end of KVM_RUN in its page, too. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <ucontext.h>
#include <unistd.h>

static const unsigned encryption = 0x8000001f;
enum { most = 256, instruction = 2 };
static unsigned answer[4];

static void trapped(int number, siginfo_t *information, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    static const unsigned char undefined[instruction] = {0x0f, 0x0b};
    (void)information;
    if (memcmp((void *)registers[REG_RIP], undefined, instruction) != 0) {
        signal(number, SIG_DFL);
        return;
    }
    unsigned is[4];
    const unsigned leaf = (unsigned)registers[REG_RAX];
    if (leaf == encryption) memcpy(is, answer, sizeof is);
    else __cpuid_count(leaf, (unsigned)registers[REG_RCX], is[0], is[1], is[2], is[3]);
    registers[REG_RAX] = is[0];
    registers[REG_RBX] = is[1];
    registers[REG_RCX] = is[2];
    registers[REG_RDX] = is[3];
    registers[REG_RIP] += instruction;
}

int sigaction(int number, const struct sigaction *wanted, struct sigaction *old) {
    static int (*next)(int, const struct sigaction *, struct sigaction *);
    if (next == NULL) *(void **)&next = dlsym(RTLD_NEXT, "sigaction");
    if (number != SIGUSR1 || wanted == NULL) return next(number, wanted, old);
    struct sigaction again = *wanted;
    again.sa_flags |= SA_RESTART;
    return next(number, &again, old);
}

__attribute__((constructor)) static void begin(void) {
    struct kvm_cpuid2 *list = calloc(1, sizeof *list + most * sizeof *list->entries);
    const int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (list == NULL || kvm < 0) return;
    list->nent = most;
    if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, list) == 0)
        for (unsigned i = 0; i < list->nent; ++i)
            if (list->entries[i].function == encryption)
                memcpy(answer, (unsigned[]){list->entries[i].eax, list->entries[i].ebx, list->entries[i].ecx, list->entries[i].edx}, sizeof answer);
    close(kvm);
    free(list);
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGILL, &action, NULL);
}
