#pragma once

// How the messages of provisioning are read: one encoding for each meaning (RFC 8949, 4.2.1), every
// field where it belongs, none missing, none more. An error names the field.

#include "base/cbor.hpp"
#include "base/view.hpp"

#include <cstdint>
#include <string_view>

namespace protocol::provision {

// Which field is not as it has to be, as the documentation names it: "binding.suite".
struct Wrong {
    std::string_view field; // a literal
    std::size_t offset = 0; // from the start of the bytes that were given
};

template <class T> using Read = base::Result<T, Wrong>;

struct Sizes {
    std::size_t least;
    std::size_t most;
};

class Strict {
public:
    explicit Strict(base::View bytes) : reader_{bytes} {}

    // Heads.
    Read<void> map(std::string_view field, std::uint64_t pairs);
    Read<void> array(std::string_view field, std::uint64_t elements);
    Read<std::uint64_t> list(std::string_view field, std::uint64_t most);  // an array of any length
    Read<std::uint64_t> table(std::string_view field, std::uint64_t most); // a map of any length
    Read<void> tag(std::string_view field, std::uint64_t number);
    // The key of a map, which has to come next.
    Read<void> key(std::string_view field, std::uint64_t key);

    // Values.
    Read<std::uint64_t> number(std::string_view field, std::uint64_t least, std::uint64_t most);
    Read<std::int64_t> signed_number(std::string_view field);
    Read<base::View> bytes(std::string_view field, Sizes sizes);
    Read<base::View> digest(std::string_view field) { return bytes(field, {32, 32}); }
    Read<std::string_view> text(std::string_view field, Sizes sizes);
    // Whether null stands there; it is taken then.
    Read<bool> null(std::string_view field);
    Read<bool> boolean(std::string_view field);
    // The next item as it is encoded, whatever it is.
    Read<base::View> item(std::string_view field);

    Read<void> end(std::string_view field);

private:
    template <class T>
    Read<T> checked(std::string_view field, std::size_t at, base::Result<T> read);

    base::cbor::Reader reader_;
};

} // namespace protocol::provision
