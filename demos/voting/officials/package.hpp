#pragma once

// The package of one election and its codes: what the officials make before it starts.

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace voting {

struct Wishes {
    std::string folder;
    std::string title;
    std::vector<std::string> choices;
    std::uint32_t voters = 0;
    std::uint32_t officials = 3;
    std::uint32_t quorum = 2;
    std::uint32_t batch = 4;
    std::uint32_t port = 8443;
    std::string address = "127.0.0.1";
};

inline constexpr std::string_view usage =
    "usage: election-codes FOLDER --title TEXT --choice TEXT --choice TEXT --voters N\n"
    "                      [--officials N] [--quorum N] [--batch N] [--address A] [--port N]\n";

base::Result<Wishes, std::string> read_wishes(std::vector<std::string_view> const& arguments);

// FOLDER/package/{main.wasm,Enarx.toml,election.txt} and FOLDER/codes/{voters,officials}; the codes
// only for their owner.
base::Result<void, std::string> make_package(Wishes const& wishes);

} // namespace voting
