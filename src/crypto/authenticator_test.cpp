// An authenticator is believed on its own connection, for its own request, with its own key, and
// with every byte as it was made.

#include "crypto/authenticator.hpp"
#include "crypto/tls_pair_for_tests.hpp"

#include <optional>

#include <gtest/gtest.h>

namespace crypto::authenticator {
namespace {

using Bytes = std::vector<std::byte>;
using testing::TlsPair;

struct Connection {
    TlsCredential of_server = testing::credential({"keep"});
    TlsContext server = *TlsContext::server(of_server, {});
    TlsContext client = *TlsContext::client(
        testing::credential({"tenant"}), {.authorities = {}, .alpn = {}, .any_certificate = true}
    );
    TlsPair ends{.client = *client.connect("keep"), .server = *server.accept()};

    Connection() { EXPECT_TRUE(ends.handshake()); }

    Bytes server_key() const { return ends.client.peer_public_key(); }
};

Bytes bytes(std::string_view text) {
    auto const view = base::view_of(text);
    return {view.begin(), view.end()};
}

Bytes const context(32, std::byte{7});
Bytes const attestation = bytes("evidence");

struct Answered : Connection {
    End maker;
    TlsCredential const credential;
    Bytes const request;
    Secrets makers, askers;
    Bytes const answer;

    explicit Answered(End of = End::Server)
        : maker{of},
          credential{of == End::Server ? of_server.share() : testing::credential({"keep"})},
          request{authenticator::request(of, context)},
          makers{*(of == End::Server ? ends.server : ends.client).authenticator_secrets(of)},
          askers{*(of == End::Server ? ends.client : ends.server).authenticator_secrets(of)},
          answer{*make(makers, request, credential, attestation)} {}

    base::Result<Shown, Fault> verified(base::View bytes, base::View key = {}) const {
        return verify(askers, request, bytes, key);
    }
};

TEST(Authenticator, shows_either_end_to_the_other_with_what_belongs_to_its_certificate) {
    for (auto const maker : {End::Server, End::Client}) {
        Answered const it{maker};
        auto const shown = it.verified(it.answer, maker == End::Server ? it.server_key() : Bytes{});
        ASSERT_TRUE(shown);
        EXPECT_EQ(shown->attestation, attestation);
    }
}

TEST(Authenticator, of_another_connection_is_refused_though_key_and_request_are_the_same) {
    Answered const it;
    // Whoever stands between has two connections: what the Keep answers on the one is no answer on
    // the other.
    Connection between;
    auto const secrets = *between.ends.client.authenticator_secrets(End::Server);
    EXPECT_EQ(verify(secrets, it.request, it.answer, {}).error(), Fault::Verify);
    // Nor is it one of the other end.
    auto const of_client = *it.ends.client.authenticator_secrets(End::Client);
    EXPECT_EQ(verify(of_client, it.request, it.answer, {}).error(), Fault::Verify);
}

TEST(Authenticator, of_another_request_is_refused) {
    Answered const it;
    auto const other = request(End::Server, Bytes(32, std::byte{8}));
    EXPECT_EQ(verify(it.askers, other, it.answer, {}).error(), Fault::Context);
    auto const of_client = request(End::Client, context);
    EXPECT_EQ(verify(it.askers, of_client, it.answer, {}).error(), Fault::Verify);
}

TEST(Authenticator, of_another_key_than_the_expected_one_is_refused) {
    Answered const it;
    auto const other = Connection{}.server_key();
    EXPECT_EQ(it.verified(it.answer, other).error(), Fault::Certificate);
}

TEST(Authenticator, with_a_signature_of_another_key_is_refused) {
    Answered const it;
    // The certificate of the one, the signature and the end of the other.
    auto const theirs = *make(it.makers, it.request, testing::credential({"keep"}), attestation);
    auto const first_of = [](Bytes const& message) {
        auto const at = [&](int i) { return std::to_integer<std::size_t>(message[i]); };
        return 4 + (at(1) << 16 | at(2) << 8 | at(3));
    };
    Bytes mixed{it.answer.begin(), it.answer.begin() + first_of(it.answer)};
    mixed.insert(mixed.end(), theirs.begin() + first_of(theirs), theirs.end());
    EXPECT_EQ(it.verified(mixed).error(), Fault::Verify);
}

TEST(Authenticator, with_any_bit_changed_or_any_byte_missing_is_refused) {
    Answered const it;
    for (std::size_t at = 0; at < it.answer.size(); ++at) {
        auto changed = it.answer;
        changed[at] ^= std::byte{1};
        EXPECT_FALSE(it.verified(changed, it.server_key())) << at;
        EXPECT_EQ(it.verified(base::View{it.answer}.first(at)).error(), Fault::Form) << at;
    }
    auto longer = it.answer;
    longer.push_back({});
    EXPECT_EQ(it.verified(longer).error(), Fault::Form);
    auto changed = it.answer;
    changed.back() ^= std::byte{1};
    EXPECT_EQ(it.verified(changed).error(), Fault::Finished);
}

// The three messages of an authenticator, each with its header.
std::vector<Bytes> messages_of(Bytes const& all) {
    std::vector<Bytes> out;
    for (std::size_t at = 0; at < all.size();) {
        auto const byte = [&](std::size_t i) { return std::to_integer<std::size_t>(all[at + i]); };
        auto const size = 4 + (byte(1) << 16 | byte(2) << 8 | byte(3));
        out.emplace_back(all.begin() + at, all.begin() + at + size);
        at += size;
    }
    return out;
}

Bytes joined(std::vector<Bytes> const& parts) {
    Bytes out;
    for (auto const& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

TEST(Authenticator, with_a_message_missing_doubled_moved_or_of_another_type_has_no_form) {
    Answered const it;
    auto const good = messages_of(it.answer);
    ASSERT_EQ(good.size(), 3U);
    ASSERT_EQ(joined(good), it.answer);
    auto const fault = [&](std::vector<Bytes> const& parts) {
        auto const shown = it.verified(joined(parts));
        return shown ? std::optional<Fault>{} : shown.error();
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto missing = good;
        missing.erase(missing.begin() + i);
        EXPECT_EQ(fault(missing), Fault::Form) << i;
        auto doubled = good;
        doubled.insert(doubled.begin() + i, good[i]);
        EXPECT_EQ(fault(doubled), Fault::Form) << i;
        auto moved = good;
        std::swap(moved[i], moved[(i + 1) % 3]);
        EXPECT_EQ(fault(moved), Fault::Form) << i;
        auto other = good;
        other[i][0] = std::byte{8}; // EncryptedExtensions
        EXPECT_EQ(fault(other), Fault::Form) << i;
        auto longer = good;
        longer[i].push_back({});
        longer[i][3] ^= std::byte((longer[i].size() - 5) ^ (longer[i].size() - 4));
        EXPECT_NE(fault(longer), std::nullopt) << i;
    }
}

TEST(Authenticator, with_a_field_of_its_certificate_message_changed_is_refused_by_its_own_fault) {
    Answered const it;
    auto const parts = messages_of(it.answer);
    constexpr std::size_t context_at = 4;
    constexpr std::size_t list_at = context_at + 1 + 32;
    auto const extension_at = parts[0].size() - attestation.size() - 4;
    auto const fault = [&](std::size_t at, unsigned bits) {
        auto changed = parts;
        changed[0][at] ^= std::byte(bits);
        auto const shown = it.verified(joined(changed));
        return shown ? std::optional<Fault>{} : shown.error();
    };
    EXPECT_EQ(fault(context_at, 1), Fault::Form) << "its length";
    EXPECT_EQ(fault(context_at + 1, 1), Fault::Context);
    EXPECT_EQ(fault(list_at + 2, 1), Fault::Form) << "length of the list";
    EXPECT_EQ(fault(list_at + 5, 1), Fault::Form) << "length of the certificate";
    EXPECT_EQ(fault(list_at + 6, 0x80), Fault::Form) << "no certificate";
    EXPECT_EQ(fault(extension_at - 1, 1), Fault::Form) << "length of the extensions";
    EXPECT_EQ(fault(extension_at + 1, 1), Fault::Form) << "another extension";
    EXPECT_EQ(fault(extension_at + 3, 1), Fault::Form) << "its length";
    EXPECT_EQ(fault(extension_at + 4, 1), Fault::Verify) << "the attestation";
}

TEST(Authenticator, with_another_algorithm_or_encoding_of_its_signature_is_refused) {
    Answered const it;
    auto const parts = messages_of(it.answer);
    auto const fault = [&](std::size_t message, std::size_t at) {
        auto changed = parts;
        changed[message][at] ^= std::byte{1};
        auto const shown = it.verified(joined(changed));
        return shown ? std::optional<Fault>{} : shown.error();
    };
    EXPECT_EQ(fault(1, 4), Fault::Form) << "algorithm";
    EXPECT_EQ(fault(1, 5), Fault::Form) << "algorithm";
    EXPECT_EQ(fault(1, 7), Fault::Form) << "length of the signature";
    EXPECT_EQ(fault(1, 8), Fault::Verify) << "no DER";
    EXPECT_EQ(fault(1, 9), Fault::Verify) << "length in DER";
    EXPECT_EQ(fault(2, 4), Fault::Finished);
    EXPECT_EQ(fault(2, parts[2].size() - 1), Fault::Finished);
    auto short_one = parts;
    short_one[2].pop_back();
    short_one[2][3] = std::byte(short_one[2].size() - 4);
    EXPECT_EQ(it.verified(joined(short_one)).error(), Fault::Finished);
}

TEST(Authenticator, request_has_one_form) {
    auto const good = request(End::Server, context);
    EXPECT_TRUE(base::equal(*context_of(End::Server, good), context));
    EXPECT_FALSE(context_of(End::Client, good));
    EXPECT_FALSE(context_of(End::Server, request(End::Server, {}))) << "no nonce";
    for (std::size_t at = 0; at < good.size(); ++at) {
        EXPECT_FALSE(context_of(End::Server, base::View{good}.first(at))) << at;
        bool const in_context = at >= 5 && at < 5 + context.size();
        auto changed = good;
        changed[at] ^= std::byte{1};
        EXPECT_EQ(context_of(End::Server, changed).has_value(), in_context) << at;
    }
    auto longer = good;
    longer.push_back({});
    EXPECT_FALSE(context_of(End::Server, longer));
}

TEST(Authenticator, is_made_with_a_key_on_p_256_and_for_a_request_of_that_form_only) {
    Answered const it;
    EXPECT_FALSE(make(it.makers, {}, it.credential, attestation));
    EXPECT_FALSE(make(it.makers, Bytes(60), it.credential, attestation));
    EXPECT_FALSE(make(it.makers, it.request, it.credential, Bytes(std::size_t{1} << 16)));
}

TEST(TlsSession, exports_the_same_to_both_ends_and_something_else_to_whoever_stands_between) {
    auto const exported = [](TlsSession const& session, std::string_view label, base::View of) {
        Bytes out(32);
        EXPECT_TRUE(session.export_keys(label, of, out));
        return out;
    };
    Connection const one;
    Connection const other;
    auto const mine = exported(one.ends.client, attestation_label, context);
    EXPECT_EQ(exported(one.ends.server, attestation_label, context), mine);
    EXPECT_NE(exported(other.ends.client, attestation_label, context), mine);
    EXPECT_NE(exported(one.ends.client, "attestation", context), mine);
    EXPECT_NE(exported(one.ends.client, attestation_label, Bytes(32)), mine);
    EXPECT_TRUE(one.ends.client.tls_1_3());
    EXPECT_FALSE(one.ends.client.resumed());
    EXPECT_TRUE(one.ends.server.peer_public_key().empty());
}

TEST(TlsSession, exports_nothing_before_the_handshake_is_done) {
    auto const client = *TlsContext::client(
        testing::credential({"tenant"}), {.authorities = {}, .alpn = {}, .any_certificate = true}
    );
    auto const session = *client.connect("keep");
    Bytes out(32);
    EXPECT_EQ(session.export_keys("Attestation", {}, out).error(), base::Errno::Again);
    EXPECT_EQ(session.authenticator_secrets(End::Server).error(), base::Errno::Again);
}

} // namespace
} // namespace crypto::authenticator
