// Checkpoints: what was signed opens, with lines of witnesses; nothing else does.

#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "crypto/checkpoint.hpp"
#include "crypto/testing.hpp"

#include <gtest/gtest.h>

namespace crypto {
namespace {

class CheckpointTest : public ::testing::Test {
protected:
    std::optional<TreeHead> open(std::string_view text) const {
        return open_checkpoint(text, origin, key.public_key());
    }
    // The text signed as it is, whatever it says.
    std::string note_of(std::string const& text) const {
        auto const signed_head = *signed_checkpoint({}, origin, key);
        auto const id = *decode_base64(signed_head.substr(signed_head.rfind(' ') + 1, 96 - 4));
        std::vector<std::byte> line{id.begin(), id.begin() + 4};
        auto const signature = *key.sign(base::view_of(text));
        line.insert(line.end(), signature.begin(), signature.end());
        return text + "\n\xe2\x80\x94 " + std::string{origin} + ' ' + encode_base64(line) + '\n';
    }

    Ed25519SigningKey key = *Ed25519SigningKey::from_seed(testing::unhex(std::string(64, '7')));
    std::string_view origin = "example.com/log";
    TreeHead head{.size = 20852163, .root = sha256(base::view_of("root"))};
    std::string note = *signed_checkpoint(head, origin, key);
    std::string root = encode_base64(head.root);
};

TEST_F(CheckpointTest, that_was_signed_opens) {
    EXPECT_EQ(note.substr(0, 25), "example.com/log\n20852163\n");
    EXPECT_EQ(open(note), head);
    EXPECT_EQ(open(note_of("example.com/log\n20852163\n" + root + "\n")), head);
    EXPECT_EQ(open(*signed_checkpoint({0, head.root}, origin, key))->size, 0U);
    EXPECT_EQ(open(*signed_checkpoint({UINT64_MAX, {}}, origin, key))->size, UINT64_MAX);
}

TEST_F(CheckpointTest, that_was_changed_anywhere_does_not_open) {
    for (std::size_t at = 0; at < note.size(); ++at) {
        auto changed = note;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(open(changed)) << at;
        EXPECT_FALSE(open(note.substr(0, at))) << at;
    }
}

TEST_F(CheckpointTest, of_another_log_or_key_does_not_open) {
    auto const other = *Ed25519SigningKey::generate();
    EXPECT_FALSE(open(*signed_checkpoint(head, origin, other)));
    EXPECT_FALSE(open(*signed_checkpoint(head, "example.com/other", key)));
    EXPECT_FALSE(open_checkpoint(note, "example.com/other", key.public_key()));
    EXPECT_FALSE(open_checkpoint(note, origin, other.public_key()));
}

TEST_F(CheckpointTest, keeps_its_meaning_beside_signatures_of_witnesses) {
    auto const witness = *Ed25519SigningKey::generate();
    auto const theirs = *signed_checkpoint(head, "witness.example", witness);
    auto const line = theirs.substr(theirs.rfind('\n', theirs.size() - 2) + 1);
    EXPECT_EQ(open(note + line), head);
    EXPECT_FALSE(open(note + "no signature\n"));
    EXPECT_FALSE(open(note + line.substr(0, line.size() - 1)));
}

TEST_F(CheckpointTest, has_one_spelling) {
    for (std::string const& text : std::initializer_list<std::string>{
             "example.com/log\n020852163\n" + root + "\n",
             "example.com/log\n+5\n" + root + "\n",
             "example.com/log\n-5\n" + root + "\n",
             "example.com/log\n5 \n" + root + "\n",
             "example.com/log\n18446744073709551616\n" + root + "\n",
             "example.com/log\n5\n" + root.substr(1) + "\n",
             "example.com/log\n5\n" + root + "\n\nextension\n",
             "example.com/log\n5\n",
             "example.com/log2\n5\n" + root + "\n",
             std::string{"\n"},
         })
        EXPECT_FALSE(open(note_of(text))) << text;
    EXPECT_EQ(open(note_of("example.com/log\n5\n" + root + "\nextension\n"))->size, 5U);
}

TEST_F(CheckpointTest, has_a_name_without_space_and_plus) {
    for (std::string_view const name : {"", "a b", "a+b", "a\nb", "\xc3\xa4"}) {
        EXPECT_FALSE(is_origin(name));
        EXPECT_FALSE(signed_checkpoint(head, name, key));
    }
}

// The key of the documentation of Go's package note.
TEST(VerifierKey, is_as_go_writes_it) {
    constexpr std::string_view known =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    auto const typed = *decode_base64(known.substr(known.rfind('+') + 1));
    EXPECT_EQ(verifier_key("PeterNeumann", base::View{typed}.subspan(1)), known);
    auto const parsed = parse_verifier_key(known);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->origin, "PeterNeumann");
    EXPECT_TRUE(base::equal(parsed->key, base::View{typed}.subspan(1)));
}

TEST(VerifierKey, that_was_changed_anywhere_is_none) {
    std::string const known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    for (std::size_t at = 0; at < known.size(); ++at) {
        auto changed = known;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(parse_verifier_key(changed)) << changed;
        EXPECT_FALSE(parse_verifier_key(known.substr(0, at))) << at;
    }
    EXPECT_FALSE(parse_verifier_key(known + '\n'));
    EXPECT_FALSE(parse_verifier_key(known + '='));
    // A cosigner's key, type 4, with the id that such a key has.
    auto typed = *decode_base64(known.substr(known.rfind('+') + 1));
    typed[0] = std::byte{4};
    auto const id = Sha256{}.add(base::view_of("PeterNeumann\n")).add(typed).digest();
    EXPECT_FALSE(parse_verifier_key(
        "PeterNeumann+" + base::hex(base::View{id}.first(4)) + '+' + encode_base64(typed)
    ));
}

} // namespace
} // namespace crypto
