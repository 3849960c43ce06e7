#include "base/json_string.hpp"

#include <gtest/gtest.h>

namespace {

using namespace base;

TEST(Json, strings_escape_what_rfc_8259_wants_escaped) {
    EXPECT_EQ(json_string("\"\\\n\r\t\x01\x1f/"), R"("\"\\\n\r\t\u0001\u001f/")");
    EXPECT_EQ(
        json_string("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"),
        "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\""
    );
}

TEST(Json, strings_replace_what_is_no_utf8) {
    EXPECT_EQ(
        json_string(
            "a\xff"
            "b\xc3"
        ),
        "\"a\xef\xbf\xbd"
        "b\xef\xbf\xbd\""
    );
    EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

} // namespace
