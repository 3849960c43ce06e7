// A voting machine on the terminal: nine votes for 1 or 2, the running list after each, the count
// at the end. It keeps its votes in memory as any program would; the same source is the native
// program and voting-machine.wasm.

#include <cstdio>
#include <string>

namespace {

constexpr int votes_wanted = 9;

// The next line of standard input without its end; false when there is none.
bool next_line(std::string& line) {
    line.clear();
    for (int c = std::getchar(); c != EOF; c = std::getchar()) {
        if (c == '\n') return true;
        line += static_cast<char>(c);
    }
    return !line.empty();
}

void show_list(std::string const& cast) {
    std::fwrite(cast.data(), 1, cast.size(), stdout);
    std::fflush(stdout);
}

int votes_for(char choice, std::string const& cast) {
    int votes = 0;
    for (std::size_t at = cast.find('='); at != std::string::npos; at = cast.find('=', at + 1))
        votes += cast[at + 1] == choice;
    return votes;
}

void show_result(std::string const& cast) {
    int const ones = votes_for('1', cast);
    int const twos = votes_for('2', cast);
    std::printf("The election is over. Alice (1) has %d votes, Bob (2) has %d.\n", ones, twos);
    std::puts(ones > twos ? "Alice is elected." : "Bob is elected.");
}

} // namespace

int main() {
    std::string cast; // "Vote 1=2", line by line
    std::string line;
    std::puts("Alice is 1, Bob is 2.");
    for (int number = 1; number <= votes_wanted; ++number) {
        std::puts("Enter a vote: 1 or 2.");
        std::fflush(stdout);
        do {
            if (!next_line(line)) return 1;
        } while (line != "1" && line != "2");
        cast += "Vote " + std::to_string(number) + "=" + line + "\n";
        show_list(cast);
    }
    show_result(cast);
}
