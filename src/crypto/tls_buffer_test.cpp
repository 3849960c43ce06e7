#include "crypto/tls_buffer.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace crypto {
namespace {

void append(TlsBuffer& buffer, std::string_view text) {
    buffer.append(std::as_bytes(std::span{text}));
}

std::string take(TlsBuffer& buffer, std::size_t size) {
    std::string text(size, '\0');
    text.resize(buffer.take(std::as_writable_bytes(std::span{text})));
    return text;
}

TEST(TlsBuffer, gives_back_what_was_put_in_in_its_order) {
    TlsBuffer buffer;
    append(buffer, "abc");
    EXPECT_EQ(take(buffer, 2), "ab");
    append(buffer, "def");
    EXPECT_EQ(buffer.size(), 4U);
    EXPECT_EQ(take(buffer, 10), "cdef");
    EXPECT_TRUE(buffer.empty());
    EXPECT_EQ(take(buffer, 10), "");
}

TEST(TlsBuffer, keeps_its_bytes_when_it_grows) {
    TlsBuffer buffer;
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        std::string const text(static_cast<std::size_t>(i % 7), static_cast<char>('a' + (i % 26)));
        append(buffer, text);
        all += text;
        if (i % 3 == 0) {
            auto const front = take(buffer, 2);
            EXPECT_EQ(front, all.substr(0, front.size()));
            all.erase(0, front.size());
        }
    }
    EXPECT_EQ(take(buffer, all.size()), all);
}

TEST(TlsBuffer, has_at_least_the_space_that_was_asked_for) {
    TlsBuffer buffer;
    append(buffer, "x");
    EXPECT_GE(buffer.space(1000).size(), 1000U);
    EXPECT_EQ(take(buffer, 1), "x");
}

} // namespace
} // namespace crypto
