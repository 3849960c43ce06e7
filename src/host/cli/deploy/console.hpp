#pragma once

// What a tenant sees of its Keeps: the application's output as it is, and how far things are on
// standard error. Several Keeps share it, each from a thread of its own.

#include "attest/provision/attested_channel.hpp"
#include "base/view.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace host::cli {

enum class Progress : unsigned char { Text, Json, Quiet };

class Console {
public:
    Console(Progress progress, bool labelled) : progress_{progress}, labelled_{labelled} {}

    // One step that is done, for people and as {"event": WORD, "keep": NUMBER, ...}.
    struct Field {
        std::string_view name;
        std::variant<std::string, std::int64_t> value;
    };
    void tell(
        unsigned keep,
        std::string_view word,
        std::string const& text,
        std::vector<Field> const& fields = {}
    );
    // What nobody should miss, also where progress is not wanted.
    void warn(unsigned keep, std::string_view text);
    // Which rules of evidence that was not accepted failed.
    void explain(unsigned keep, attest::provision::Answer const& answer);
    // Of the application, stream 1 or 2. False: nobody reads it any more.
    bool write(unsigned keep, std::uint8_t stream, base::View bytes);
    // What is left of its last line.
    void finish(unsigned keep);

private:
    std::string label(unsigned keep) const;
    bool put(std::uint8_t stream, base::View bytes);

    std::mutex mutex_;
    Progress progress_;
    bool labelled_;
    std::map<std::pair<unsigned, std::uint8_t>, std::string> lines_; // that are not whole yet
};

} // namespace host::cli
