#pragma once

// Where something came from, for messages.

#include <string>

namespace attest {

// Something with the name of the file, or the part of a file, that it came from.
template <class T> struct Sourced {
    T value;
    std::string source;
};

} // namespace attest
