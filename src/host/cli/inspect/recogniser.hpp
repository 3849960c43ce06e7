#pragma once

// The kinds of files that `enarx inspect` knows. A new kind is a file with a Recogniser, and a line
// in recognisers.cpp.

#include "host/cli/command.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace host::cli {

using Json = nlohmann::ordered_json;

// The file that is looked at.
struct Subject {
    std::string path;
    os::Fd file; // at its beginning
    bool folder = false;
    std::string front; // its first bytes, at most front_size; a stream is a file in memory by now

    std::span<Subject const> beside = {}; // the other files, which may have to agree with this one

    static constexpr std::size_t front_size = 64 << 10;

    std::string_view
    extension() const; // "toml", without the dot; for a hint where content does not decide
    os::OrFailure<std::string> contents(std::size_t most) const; // the whole file
};

struct Recogniser {
    std::string_view kind; // for people: "WebAssembly module"
    bool (*recognises)(Subject const&);
    // What matters, as JSON; nothing if the user has been told why not.
    os::OrFailure<std::optional<Json>> (*describe)(Subject const&, Global const&);
};

// In the order in which they are asked; the first that recognises a file describes it.
std::span<Recogniser const> recognisers();

os::OrFailure<Subject> open_subject(std::string const& path);
os::OrFailure<std::optional<Json>> describe(Subject const& subject, Global const& global);

} // namespace host::cli
