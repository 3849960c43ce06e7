#pragma once

// A file descriptor of this process, closed when its owner goes.

#include <utility>

#include <unistd.h>

namespace os {

class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_{number} {} // takes ownership; negative: none

    Fd(Fd&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Fd() {
        if (number_ >= 0) ::close(number_);
    }

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

} // namespace os
