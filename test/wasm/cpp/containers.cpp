// The standard library's containers and algorithms against what is known of their results.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

int failures = 0;

void check(std::string const& what, bool holds) {
    std::cout << (holds ? "ok " : "FAILED ") << what << '\n';
    failures += !holds;
}

void sequences() {
    std::vector<int> numbers(100000);
    std::iota(numbers.begin(), numbers.end(), 0);
    std::mt19937 generator{42};
    std::ranges::shuffle(numbers, generator);
    std::ranges::sort(numbers);
    check("a shuffled vector sorts", std::ranges::is_sorted(numbers) && numbers.back() == 99999);
    check("its sum", std::accumulate(numbers.begin(), numbers.end(), 0LL) == 4999950000LL);
    std::deque<int> ends;
    for (int i = 0; i < 1000; ++i) i % 2 ? ends.push_back(i) : ends.push_front(i);
    check("a deque grows at both ends", ends.front() == 998 && ends.back() == 999);
    std::list<int> list{5, 1, 4};
    list.sort();
    check("a list sorts itself", list.front() == 1 && list.back() == 5);
    std::vector<int> const three{3, 9, 4};
    std::priority_queue<int> heap{three.begin(), three.end()};
    check("a heap gives its largest", heap.top() == 9);
}

void associations() {
    std::unordered_map<std::string, int> squares;
    for (int i = 0; i < 5000; ++i) squares[std::to_string(i)] = i * i;
    check(
        "a hash map finds",
        squares.size() == 5000 && squares.at("77") == 5929 && !squares.contains("x")
    );
    std::set<int> primes;
    for (int n = 2; primes.size() < 100; ++n)
        if (std::ranges::none_of(primes, [n](int p) { return n % p == 0; })) primes.insert(n);
    check("the hundredth prime", *primes.rbegin() == 541);
}

void values() {
    std::variant<int, std::string> either{"text"};
    check(
        "a variant knows what it holds",
        std::get_if<std::string>(&either) && !std::get_if<int>(&either)
    );
    auto const shared = std::make_shared<std::string>("kept");
    std::weak_ptr<std::string> const weak = shared;
    check("a weak pointer finds its object", weak.lock() == shared);
    check("a borrowed owner is given back", shared.use_count() == 1);
    double number = 0;
    std::string const digits = std::to_string(3.25);
    check("numbers and texts", (number = std::stod(digits)) == 3.25 && digits == "3.250000");
    std::function<int(int)> const twice = [factor = 2](int n) { return factor * n; };
    check("a function with memory", twice(21) == 42);
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    check(
        "it is later than 2020",
        std::chrono::duration_cast<std::chrono::hours>(now).count() > 50 * 365 * 24
    );
    std::random_device entropy;
    check("entropy differs", entropy() != entropy() || entropy() != entropy());
}

struct AtTheEnd {
    ~AtTheEnd() { std::cout << "destroyed at the end\n" << std::flush; }
};

AtTheEnd const at_the_end;

} // namespace

int main() {
    sequences();
    associations();
    values();
    return failures;
}
