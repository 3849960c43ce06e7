#pragma once

// One HTTP/1.1 request, as much of it as this server needs; what it does not know it refuses.

#include <cstddef>
#include <string_view>
#include <variant>

namespace voting {

struct Request {
    std::string_view method;
    std::string_view path;  // without the query
    std::string_view query; // behind the question mark
    std::string_view body;
    bool keep_alive = true;
    std::size_t size = 0; // of head and body
};

struct Incomplete {};

struct BadRequest {
    int status;
};

inline constexpr std::size_t most_head = 8192;
inline constexpr std::size_t most_body = 4096;

// Reads the request that starts `received`; the views point into it.
std::variant<Request, Incomplete, BadRequest> parse_request(std::string_view received);

} // namespace voting
