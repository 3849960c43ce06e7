#include "signer/rules.hpp"

#include "crypto/der.hpp"
#include "crypto/oid.hpp"
#include "protocol/signer/message.hpp"

#include <array>

namespace signer {

namespace {

using crypto::DerReader;
using crypto::Malformed;
using crypto::Tag;
using Check = base::Result<void, Malformed>;
using std::chrono::days;

constexpr auto longest_root = days{11 * 366};
constexpr auto longest_below = days{367};
constexpr auto longest_list = days{8};

constexpr base::View ecdsa_sha384 = crypto::oid_bytes<1, 2, 840, 10045, 4, 3, 3>;
constexpr base::View extended_key_usage = crypto::oid_bytes<2, 5, 29, 37>;

// Values of extensions, as the service writes them. Another encoding of the same is refused.
constexpr std::array no_authority{std::byte{0x30}, std::byte{0}};
constexpr std::array signs_data{std::byte{3}, std::byte{2}, std::byte{7}, std::byte{0x80}};
constexpr std::array signs_others{std::byte{3}, std::byte{2}, std::byte{1}, std::byte{6}};
constexpr base::Bytes<8> authority_above(unsigned below) {
    return {
        std::byte{0x30},
        std::byte{6},
        std::byte{1},
        std::byte{1},
        std::byte{0xff},
        std::byte{2},
        std::byte{1},
        std::byte(below)
    };
}

struct Certificate {
    base::View issuer;
    base::View subject;
    base::View key;
    days life{};
    base::View constraints; // of extensions: their values, or empty
    base::View usage;
    base::View purposes;
};

base::Result<days, Malformed> life(DerReader& in) {
    auto const begin = TRY(in.time("when it begins"));
    auto const end = TRY(in.time("when it ends"));
    if (end <= begin) return std::unexpected(in.malformed("an end behind the beginning"));
    return std::chrono::ceil<days>(end - begin);
}

Check algorithm(DerReader& in) {
    auto inner = TRY(in.enter(Tag::Sequence, "an algorithm"));
    auto const oid = TRY(inner.next(Tag::Oid, "an algorithm"));
    if (!base::equal(oid.content, ecdsa_sha384))
        return std::unexpected(in.malformed("ECDSA with SHA-384"));
    return inner.finish("an algorithm without parameters");
}

Check extension(Certificate& out, DerReader in) {
    auto const oid = TRY(in.next(Tag::Oid, "an extension's name"));
    if (in.at(Tag::Boolean)) TRY(in.next());
    auto const value = TRY(in.next(Tag::OctetString, "an extension's value"));
    TRY(in.finish("the end of an extension"));
    for (auto const& [name, place] :
         {std::pair{crypto::oid_basic_constraints, &out.constraints},
          std::pair{crypto::oid_key_usage, &out.usage},
          std::pair{extended_key_usage, &out.purposes}}) {
        if (!base::equal(oid.content, name)) continue;
        if (!place->empty()) return std::unexpected(in.malformed("an extension once"));
        *place = value.content;
    }
    return {};
}

base::Result<Certificate, Malformed> certificate(DerReader in) {
    Certificate out;
    auto version = TRY(in.enter(crypto::context_constructed(0), "a version"));
    if (TRY(version.unsigned_integer("a version")) != 2)
        return std::unexpected(in.malformed("a certificate of version 3"));
    TRY(version.finish("a version"));
    TRY(in.next(Tag::Integer, "a serial number"));
    TRY(algorithm(in));
    out.issuer = TRY(in.next(Tag::Sequence, "an issuer")).whole;
    auto validity = TRY(in.enter(Tag::Sequence, "a validity"));
    out.life = TRY(life(validity));
    TRY(validity.finish("a validity"));
    out.subject = TRY(in.next(Tag::Sequence, "a subject")).whole;
    out.key = TRY(in.next(Tag::Sequence, "a public key")).whole;
    auto tagged = TRY(in.enter(crypto::context_constructed(3), "extensions"));
    TRY(in.finish("the end of the certificate"));
    auto list = TRY(tagged.enter(Tag::Sequence, "extensions"));
    TRY(tagged.finish("the end of the extensions"));
    while (!list.empty()) {
        auto one = TRY(list.enter(Tag::Sequence, "an extension"));
        TRY(extension(out, one));
    }
    return out;
}

base::Result<days, Malformed> list_life(DerReader in) {
    TRY(in.next(Tag::Integer, "a version"));
    TRY(algorithm(in));
    TRY(in.next(Tag::Sequence, "an issuer"));
    auto const out = TRY(life(in));
    if (in.at(Tag::Sequence)) TRY(in.next());
    TRY(in.next(crypto::context_constructed(0), "extensions"));
    TRY(in.finish("the end of the list"));
    return out;
}

std::unexpected<os::Failure> refused(std::string text) {
    return std::unexpected(os::Failure{.name = "signer-refused", .text = std::move(text)});
}

std::unexpected<os::Failure> refused(Malformed const& why) {
    return refused(
        "no certificate or list: expected " + std::string{why.what} + " at byte " +
        std::to_string(why.offset)
    );
}

// A root signs itself, and authorities below it.
os::OrFailure<void> check_authority(Certificate const& wish, base::View key) {
    bool const itself = base::equal(wish.subject, wish.issuer) &&
                        base::equal(wish.key, protocol::signer::key_info(key));
    auto const constraints = authority_above(itself ? 1 : 0);
    if (!base::equal(wish.constraints, constraints) || !base::equal(wish.usage, signs_others))
        return refused("the root signs only authorities that have none below them");
    if (wish.life > (itself ? longest_root : longest_below))
        return refused("the root signs no authority of more than 367 days");
    return {};
}

os::OrFailure<void> check_leaf(Certificate const& wish) {
    if (!base::equal(wish.constraints, no_authority) || !base::equal(wish.usage, signs_data) ||
        wish.purposes.empty())
        return refused("the intermediate signs no authority, and only certificates for TLS");
    if (wish.life > longest_below)
        return refused("the intermediate signs no certificate of more than 367 days");
    return {};
}

} // namespace

os::OrFailure<void> check(base::View content, Issues issues, base::View key) {
    DerReader outer{content};
    auto const inner = outer.enter(Tag::Sequence, "a sequence");
    if (!inner) return refused(inner.error());
    if (auto const end = outer.finish("the end"); !end) return refused(end.error());
    if (inner->at(Tag::Integer)) {
        auto const wish = list_life(*inner);
        if (!wish) return refused(wish.error());
        if (issues != Issues::Leaves) return refused("the root signs no revocation list");
        if (*wish > longest_list) return refused("no revocation list lasts more than 8 days");
        return {};
    }
    auto const wish = certificate(*inner);
    if (!wish) return refused(wish.error());
    return issues == Issues::Authorities ? check_authority(*wish, key) : check_leaf(*wish);
}

} // namespace signer
