// What the shim has signed is what every part of the project makes of the same words.

#include "crypto/digest.hpp"
#include "keep/shim/snp/report_data.hpp"
#include "protocol/evidence/evidence.hpp"
#include "protocol/provision/binding.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

using base::Errno;
using protocol::evidence::Purpose;
using Bytes = std::vector<std::byte>;

Bytes any_bytes(std::size_t size) {
    std::mt19937_64 random{size};
    Bytes out(size);
    for (auto& byte : out) byte = static_cast<std::byte>(random());
    return out;
}

TEST(ReportDataTest, sha_512_is_aws_lcs_for_every_length) {
    for (std::size_t size = 0; size < 600; ++size) {
        auto const bytes = any_bytes(size);
        auto const cut = size / 3;
        EXPECT_EQ(
            sha512(base::View{bytes}.first(cut), base::View{bytes}.subspan(cut)),
            crypto::sha512(bytes)
        ) << size;
    }
}

TEST(ReportDataTest, of_an_application_are_those_that_verifiers_expect) {
    protocol::evidence::Application application;
    application.workload.fill(std::byte{7});
    application.configuration.fill(std::byte{8});
    application.user_data = *protocol::evidence::UserData::of(any_bytes(20));
    protocol::evidence::ReportDataInput const input{application};
    auto const bound =
        input.view().subspan(protocol::evidence::text_of(Purpose::Application).size());
    EXPECT_EQ(report_data(Purpose::Application, bound), crypto::sha512(input.view()));
}

TEST(ReportDataTest, of_a_binding_are_those_that_verifiers_expect) {
    using protocol::provision::report_data_input;
    auto const binding = any_bytes(300);
    EXPECT_EQ(
        report_data(Purpose::Provision, binding),
        crypto::sha512(report_data_input(protocol::provision::Purpose::Provision, binding))
    );
    EXPECT_EQ(
        report_data(Purpose::Ready, binding),
        crypto::sha512(report_data_input(protocol::provision::Purpose::Ready, binding))
    );
}

TEST(ReportDataTest, nothing_is_bound_that_has_not_the_form_of_its_purpose) {
    for (std::size_t size : {0, 32, 64})
        EXPECT_EQ(report_data(Purpose::Application, any_bytes(size)).error(), Errno::Inval);
    Bytes application(65 + 64);
    application[64] = std::byte{64};
    EXPECT_TRUE(report_data(Purpose::Application, application));
    application[64] = std::byte{63};
    EXPECT_EQ(report_data(Purpose::Application, application).error(), Errno::Inval);
    application.resize(65 + 65);
    application[64] = std::byte{65};
    EXPECT_EQ(report_data(Purpose::Application, application).error(), Errno::Inval);
    for (auto const purpose : {Purpose::Provision, Purpose::Ready}) {
        EXPECT_EQ(report_data(purpose, {}).error(), Errno::Inval);
        EXPECT_TRUE(report_data(purpose, any_bytes(2048)));
        EXPECT_EQ(report_data(purpose, any_bytes(2049)).error(), Errno::Inval);
    }
}

TEST(ReportDataTest, no_purpose_is_the_beginning_of_another) {
    for (auto const one : protocol::evidence::purposes)
        for (auto const other : protocol::evidence::purposes)
            EXPECT_TRUE(one == other || !other.starts_with(one));
}

} // namespace
} // namespace shim::snp
