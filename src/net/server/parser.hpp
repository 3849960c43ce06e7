#pragma once

// Requests as they come in, piece by piece: the only file here that knows the parser of Beast.

#include "net/server/message.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace net::server {

// What is wrong with a request, as it is answered.
struct BadRequest {
    unsigned status = 400;
    std::string text;
};

class Parser {
public:
    Parser(std::uint32_t header_limit, std::size_t most_fields);
    Parser(Parser&&) noexcept;
    Parser& operator=(Parser&&) noexcept;
    ~Parser();

    // Takes some of the bytes and says how many: 0 where more are needed. It stops behind the
    // header, and behind the request.
    base::Result<std::size_t, BadRequest> put(base::View bytes);

    bool header_done() const;
    bool done() const;
    Request& request(); // its body stays empty: see body()
    std::string const& target() const;
    // What came of the body since it was asked before.
    base::View body() const;
    void forget_body();
    std::size_t memory() const; // that header and body take

    void body_limit(std::uint64_t most);
    std::optional<std::uint64_t> length() const; // of the body, if the client told
    bool body_comes() const;                     // there is one
    bool keep_alive() const;
    bool expects_continue() const;
    bool upgrade() const;

private:
    struct Beast;
    std::unique_ptr<Beast> beast_;
};

} // namespace net::server
