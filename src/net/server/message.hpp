#pragma once

// What a handler of the server is asked, and what it answers.

#include "base/view.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net::server {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;
    std::string path;                                       // as it was sent, without the query
    std::string query;                                      // without its question mark
    Headers headers;                                        // names in lower case
    std::vector<std::byte> body;                            // of routes that take it whole
    std::vector<std::pair<std::string, std::string>> parts; // of the path: what {name} stands for

    std::string_view header(std::string_view name) const; // the first one; empty: there is none
    std::string_view part(std::string_view name) const;
    std::string_view text() const { return base::text_of(body); }
};

// A regular file from its beginning.
struct FileBody {
    os::Fd file;
    std::uint64_t size = 0;
};

// The connection stops speaking HTTP: bytes go both ways between it and this connected socket,
// until that one ends.
struct Tunnel {
    std::string protocol; // of the Upgrade header
    os::Fd socket;        // nonblocking or not
};

struct Response {
    unsigned status = 200;
    std::string type = "application/json"; // empty: no body
    std::string body = {};
    Headers headers = {};
    std::optional<FileBody> file = {}; // instead of the body
    std::optional<Tunnel> tunnel = {}; // status 101
    bool close = false;                // the connection, afterwards
};

// RFC 9457: `name` is one of protocol::failure_kinds. The hint is the failure's own advice where
// none is given.
Response problem(unsigned status, os::Failure const& failure);
Response problem(unsigned status, std::string_view name, std::string detail, std::string hint = {});

std::string_view reason_of(unsigned status); // "Not Found"

} // namespace net::server
