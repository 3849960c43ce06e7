// Counts the words of standard input and prints them, the most frequent first: streams, strings,
// maps, sorting.

#include <algorithm>
#include <cctype>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

int main() {
    std::map<std::string, int> counts;
    std::string line;
    while (std::getline(std::cin, line)) {
        std::ranges::transform(line, line.begin(), [](unsigned char c) {
            return std::isalpha(c) ? static_cast<char>(std::tolower(c)) : ' ';
        });
        std::istringstream words{line};
        for (std::string word; words >> word;) ++counts[word];
    }
    std::vector<std::pair<std::string, int>> order{counts.begin(), counts.end()};
    std::ranges::stable_sort(order, std::greater{}, &std::pair<std::string, int>::second);
    for (auto const& [word, count] : order)
        std::cout << std::setw(5) << count << ' ' << word << '\n';
    return std::cout.flush() ? 0 : 1;
}
