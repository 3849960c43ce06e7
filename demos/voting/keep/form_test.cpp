// Forms, as browsers send them and as others do.

#include "voting/keep/form.hpp"

#include <gtest/gtest.h>

namespace voting {

namespace {

TEST(Form, gives_a_field_as_it_was_typed) {
    EXPECT_EQ(form_field("code=AB+12%2d%C3%A4&choice=1", "code"), "AB 12-\xc3\xa4");
    EXPECT_EQ(form_field("code=AB&choice=1", "choice"), "1");
    EXPECT_EQ(form_field("code=", "code"), "");
}

TEST(Form, has_not_what_is_missing_or_there_twice) {
    EXPECT_FALSE(form_field("code=1", "choice"));
    EXPECT_FALSE(form_field("code=1&code=2", "code"));
    EXPECT_FALSE(form_field("code", "code"));
    EXPECT_FALSE(form_field("", "code"));
}

TEST(Form, has_not_what_is_badly_encoded) {
    for (auto const* form : {"code=%", "code=%2", "code=%zz", "code=a%2"})
        EXPECT_FALSE(form_field(form, "code")) << form;
}

} // namespace

} // namespace voting
