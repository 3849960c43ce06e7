// Bytes of anybody on the network: requests and forms, and what they may do to an election.

#include "voting/keep/answers.hpp"
#include "voting/keep/form.hpp"
#include "voting/keep/request.hpp"
#include "voting/keep/testing.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: char may alias any object.
    std::string_view rest{reinterpret_cast<char const*>(data), size};
    voting::Election election = voting::testing::small_election();
    voting::Answers answers{election, {}};
    while (!rest.empty()) {
        auto const parsed = voting::parse_request(rest);
        auto const* request = std::get_if<voting::Request>(&parsed);
        if (!request) break;
        if (request->size > rest.size()) __builtin_trap();
        auto const text = voting::http_response(answers.to(*request), request->keep_alive);
        if (!text.starts_with("HTTP/1.1 ")) __builtin_trap();
        rest.remove_prefix(request->size);
    }
    if (election.cast_votes() > election.definition().voters.size()) __builtin_trap();
    return 0;
}
