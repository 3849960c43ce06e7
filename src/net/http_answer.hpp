#pragma once

// An answer of HTTP/1.1, read from a channel: never more of it than was agreed to, and never half
// of it as if it were whole.

#include "net/channel.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace net {

struct HttpHead {
    unsigned status = 0;
    std::multimap<std::string, std::string> headers = {}; // names in lower case, in their order

    std::string const* header(std::string const& name) const; // of several the last one
    bool success() const { return status >= 200 && status < 300; }
};

struct HttpAnswer : HttpHead {
    std::vector<std::byte> body = {};
};

// Takes the body of an answer piece by piece.
class BodySink {
public:
    BodySink() = default;
    BodySink(BodySink const&) = delete;
    BodySink& operator=(BodySink const&) = delete;
    virtual ~BodySink() = default;

    // Whether the body behind this head is for it, asked before any of it. That of another answer,
    // such as an error's, is held in memory.
    virtual bool takes(HttpHead const& head) = 0;
    virtual OrTrouble<> piece(base::View bytes) = 0;
};

struct AnswerLimits {
    std::uint64_t sunk = UINT64_MAX;  // bytes of a body that a sink takes
    std::size_t in_memory = 4U << 20; // of one that none does
    std::uint32_t header = 64U << 10;
};

struct ReadAnswer {
    HttpAnswer answer = {};
    bool lasts = false; // another request may follow on this connection
};

// `to_head`: the request was HEAD, and no body comes whatever the answer says. After status 101 the
// channel's next bytes are those of the other protocol.
OrTrouble<ReadAnswer>
read_answer(Channel& channel, AnswerLimits const& limits, bool to_head, BodySink* sink);

} // namespace net
