#pragma once

// A small election for tests: nine voters, three officials of whom two close, batches of two.

#include "voting/keep/election.hpp"
#include "voting/protocol/hex.hpp"

namespace voting::testing {

inline std::string code(char kind, int number) {
    std::string text(code_length, kind);
    text[code_length - 1] = code_alphabet[static_cast<std::size_t>(number)];
    return text;
}
inline std::string voter_code(int number) { return code('V', number); }
inline std::string official_code(int number) { return code('K', number); }

inline Nonce nonce(int number) {
    Nonce out{};
    out[0] = static_cast<std::byte>(number);
    return out;
}

inline std::string small_definition() {
    base::Bytes<16> salt{};
    salt[0] = std::byte{1};
    std::string text =
        "title: Mayor of Toytown\nchoice: Alice\nchoice: Bob\nbatch: 2\nquorum: 2\nsalt: " +
        hex(salt) + "\n";
    for (int i = 1; i <= 3; ++i)
        text += "official: " + hex(code_digest(CodeKind::Official, salt, official_code(i))) + "\n";
    for (int i = 1; i <= 9; ++i)
        text += "voter: " + hex(code_digest(CodeKind::Voter, salt, voter_code(i))) + "\n";
    return text;
}

inline SigningKey test_key(int number = 1) {
    base::Bytes<32> seed{};
    seed[0] = static_cast<std::byte>(number);
    return SigningKey::from_seed(seed);
}

inline Election small_election(int key = 1) {
    return {*parse_definition(small_definition()), test_key(key), Digest{}};
}

} // namespace voting::testing
