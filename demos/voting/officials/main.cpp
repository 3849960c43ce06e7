// election-codes: makes an election: the package that the Keep runs, and the secret codes for
// voters and officials.
//
//     election-codes FOLDER --title TEXT --choice TEXT --choice TEXT --voters N [--officials N]
//     [--quorum N] [--batch N] [--port N]

#include "voting/officials/package.hpp"

#include <fmt/format.h>

int main(int argc, char** argv) {
    auto const wishes = voting::read_wishes({argv + 1, argv + argc});
    if (!wishes) {
        fmt::print(stderr, "election-codes: {}\n{}", wishes.error(), voting::usage);
        return 2;
    }
    auto const made = voting::make_package(*wishes);
    if (!made) {
        fmt::print(stderr, "election-codes: {}\n", made.error());
        return 1;
    }
    fmt::print("{}/package   for the Keep: enarx run {}/package\n", wishes->folder, wishes->folder);
    fmt::print("{}/codes     SECRET: one code a line, to hand out\n", wishes->folder);
}
