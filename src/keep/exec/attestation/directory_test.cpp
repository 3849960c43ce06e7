// /dev/attestation, as an application finds it.

#include "crypto/digest.hpp"
#include "keep/exec/attestation/directory.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace exec;
using base::Errno;
using protocol::evidence::NoHardware;

template <std::size_t N> base::Bytes<N> filled(unsigned value) {
    base::Bytes<N> out{};
    out.fill(std::byte(value));
    return out;
}

class Attestation : public ::testing::Test {
protected:
    explicit Attestation(std::optional<std::string> certificate = "a certificate")
        : attester_{std::make_shared<attestation::Attester>(attestation::Identity{
              .workload = filled<32>(1),
              .configuration = filled<32>(2),
              .measurement = {},
              .certificate = std::move(certificate)
          })},
          directory_{
              attestation::make_directory({.attester = attester_, .device = 7, .made_ns = 1'000})
          } {}

    vfs::Result<std::unique_ptr<vfs::File>> open(std::string_view path, vfs::OpenHow how = {}) {
        auto node = directory_->open(path, how);
        if (!node) return std::unexpected(node.error());
        return std::move(std::get<std::unique_ptr<vfs::File>>(*node));
    }
    std::unique_ptr<vfs::File> writable() { return *open("user_data", {.write = true}); }

    static std::string read(vfs::File& file, std::uint64_t offset = 0) {
        std::string out(1000, '?');
        std::array const buffers{
            std::as_writable_bytes(std::span{out}.first(3)),
            std::as_writable_bytes(std::span{out}.subspan(3))
        };
        out.resize(file.read_at(buffers, offset).value_or(0));
        return out;
    }
    std::string read(std::string_view path) { return read(**open(path)); }

    static base::Result<std::size_t>
    write(vfs::File& file, std::string_view text, std::uint64_t offset = 0) {
        std::array const parts{base::view_of(text)};
        return file.write_at(parts, offset);
    }

    NoHardware evidence() {
        auto const claims = protocol::evidence::decode(base::view_of(read("evidence")));
        EXPECT_TRUE(claims);
        return claims.value_or(NoHardware{});
    }
    std::string bound() {
        return std::string{base::text_of(evidence().application.user_data.view())};
    }
    Errno refusal(std::string_view path, vfs::OpenHow how = {}) {
        auto const file = directory_->open(path, how);
        EXPECT_FALSE(file) << path;
        return file ? static_cast<Errno>(0) : file.error();
    }

    std::shared_ptr<attestation::Attester> attester_;
    std::unique_ptr<vfs::Directory> directory_;
};

class AttestationWithoutTls : public Attestation {
protected:
    AttestationWithoutTls() : Attestation{std::nullopt} {}
};

TEST_F(Attestation, SaysThatNothingVouchesForTheKeep) { EXPECT_EQ(read("kind"), "none"); }

TEST_F(Attestation, GivesEvidenceOfWhatRuns) {
    auto const claims = evidence();
    EXPECT_EQ(claims.application.workload, filled<32>(1));
    EXPECT_EQ(claims.application.configuration, filled<32>(2));
    EXPECT_EQ(claims.measurement, std::nullopt);
    EXPECT_EQ(
        claims.report_data,
        crypto::sha512(protocol::evidence::ReportDataInput{claims.application}.view())
    );
    EXPECT_EQ(bound(), "");
}

TEST(Attester, NamesTheMeasurementOfTheLaunchWhereThereIsOne) {
    attestation::Attester const attester{
        {.workload = {}, .configuration = {}, .measurement = filled<48>(3), .certificate = {}}
    };
    auto const claims = protocol::evidence::decode(*attester.evidence());
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->measurement, filled<48>(3));
}

// A Keep with hardware, which signs what it is asked to or nothing any more.
struct Vouched : ::testing::Test {
    std::vector<std::byte> report = std::vector<std::byte>(1184, std::byte{0xab});
    std::vector<std::byte> bound;
    unsigned asked = 0;
    bool answers = true;
    std::shared_ptr<attestation::Attester> attester =
        std::make_shared<attestation::Attester>(attestation::Identity{
            .workload = filled<32>(1),
            .configuration = filled<32>(2),
            .measurement = {},
            .certificate = {},
            .hardware = attestation::Hardware{
                .report = [this](protocol::evidence::Purpose purpose, base::View words)
                    -> base::Result<std::vector<std::byte>> {
                    ++asked;
                    EXPECT_EQ(purpose, protocol::evidence::Purpose::Application);
                    bound.assign(words.begin(), words.end());
                    if (!answers) return std::unexpected(Errno::Io);
                    return report;
                },
                .certificates = std::vector<std::byte>(10, std::byte{0xcd})
            }
        });
};

TEST_F(Vouched, EvidenceHoldsTheReportAndWhatItBinds) {
    ASSERT_TRUE(attester->bind(base::view_of("a nonce")));
    auto const evidence = attester->evidence();
    ASSERT_TRUE(evidence);
    auto const claims = protocol::evidence::decode_vouched(*evidence);
    ASSERT_TRUE(claims);
    EXPECT_TRUE(base::equal(claims->report, report));
    EXPECT_EQ(claims->application.workload, filled<32>(1));
    EXPECT_EQ(base::text_of(claims->application.user_data.view()), "a nonce");
    EXPECT_EQ(claims->certificates.size(), 10U);
    std::string whole{"enarx/v1/app"};
    whole += base::text_of(bound);
    EXPECT_EQ(
        whole, base::text_of(protocol::evidence::ReportDataInput{claims->application}.view())
    );
    EXPECT_EQ(attester->kind(), "snp");
}

TEST_F(Vouched, TheHardwareIsNotAskedForASize) {
    auto const directory = attestation::make_directory({.attester = attester});
    auto const file = directory->open("evidence", {});
    ASSERT_TRUE(file);
    EXPECT_EQ(asked, 1U);
    EXPECT_EQ(std::get<std::unique_ptr<vfs::File>>(*file)->stat()->size, attester->evidence_size());
    EXPECT_EQ(asked, 1U);
    EXPECT_EQ(attester->evidence()->size(), attester->evidence_size());
}

TEST_F(Vouched, EvidenceThatHardwareDoesNotSignDoesNotOpen) {
    answers = false;
    auto const directory = attestation::make_directory({.attester = attester});
    EXPECT_EQ(directory->open("evidence", {}).error(), Errno::Io);
    EXPECT_TRUE(directory->open("user_data", {}));
}

TEST_F(Attestation, BindsTheUserDataWrittenLast) {
    auto const file = writable();
    EXPECT_EQ(write(*file, "first, and longer"), 17U);
    EXPECT_EQ(bound(), "first, and longer");
    EXPECT_EQ(write(*file, "second", 17), 6U); // behind the first, as a stream writes
    EXPECT_EQ(bound(), "second");
    std::array const parts{base::view_of("th"), base::view_of("ird")};
    auto const appended = file->append(parts);
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->written, 5U);
    EXPECT_EQ(appended->end, 5U);
    EXPECT_EQ(bound(), "third");
    EXPECT_EQ(read("user_data"), "third");
}

TEST_F(Attestation, TakesUpTo64BytesAndKeepsWhatWasThereIfThereAreMore) {
    auto const file = writable();
    std::string const most(64, 'm');
    EXPECT_EQ(write(*file, most), 64U);
    EXPECT_EQ(bound(), most);
    EXPECT_EQ(write(*file, std::string(65, 'x')).error(), Errno::FBig);
    std::array const parts{base::view_of(most), base::view_of("x")};
    EXPECT_EQ(file->write_at(parts, 0).error(), Errno::FBig);
    EXPECT_EQ(bound(), most);
}

TEST_F(Attestation, LosesItsUserDataWhenTheyAreTruncated) {
    EXPECT_TRUE(write(*writable(), "data"));
    EXPECT_TRUE(open("user_data", {.write = true, .truncate = true}));
    EXPECT_EQ(bound(), "");
    auto const file = writable();
    EXPECT_TRUE(write(*file, "data"));
    EXPECT_EQ(file->set_size(2).error(), Errno::Inval);
    EXPECT_EQ(write(*file, ""), 0U);
    EXPECT_EQ(bound(), "data");
    EXPECT_TRUE(file->set_size(0));
    EXPECT_EQ(bound(), "");
}

TEST_F(Attestation, MakesEvidenceWhenItIsOpenedAndKeepsItSo) {
    EXPECT_TRUE(write(*writable(), "early"));
    auto const file = *open("evidence");
    auto const whole = read(*file);
    EXPECT_TRUE(write(*writable(), "late"));
    EXPECT_EQ(read(*file), whole);
    EXPECT_EQ(read(*file, 10), whole.substr(10));
    EXPECT_EQ(read(*file, whole.size()), "");
    EXPECT_EQ(read(*file, ~0ULL), "");
    EXPECT_EQ(file->stat()->size, whole.size());
    EXPECT_EQ(bound(), "late");
}

TEST_F(Attestation, TellsTheSizeThatWillBeRead) {
    for (std::string_view const path : {"kind", "user_data", "evidence", "certificate"}) {
        auto const stat = directory_->stat(path, vfs::Follow::Yes);
        ASSERT_TRUE(stat) << path;
        EXPECT_EQ(stat->size, read(path).size());
        EXPECT_EQ(stat->type, vfs::FileType::RegularFile);
        EXPECT_EQ(stat->device, 7U);
    }
    EXPECT_EQ(directory_->stat()->type, vfs::FileType::Directory);
}

TEST_F(Attestation, ShowsTheCertificateOfTheKeep) {
    EXPECT_EQ(read("certificate"), "a certificate");
}

TEST_F(AttestationWithoutTls, HasNoCertificate) {
    EXPECT_EQ(refusal("certificate"), Errno::NoEnt);
    EXPECT_EQ(directory_->entries(0, 10'000)->size(), 5U);
}

TEST_F(Attestation, ListsItsFilesFromAnyCookie) {
    std::string names;
    for (std::uint64_t cookie = 0;;) {
        auto const one = directory_->entries(cookie, 1);
        ASSERT_TRUE(one);
        if (one->empty()) break;
        EXPECT_EQ(one->size(), 1U);
        names += one->front().name + ' ';
        cookie = one->front().next;
    }
    EXPECT_EQ(names, ". .. kind user_data evidence certificate ");
    EXPECT_TRUE(directory_->entries(~0ULL, 100)->empty());
}

TEST_F(Attestation, OpensOnlyWhatIsThere) {
    EXPECT_EQ(refusal("other"), Errno::NoEnt);
    EXPECT_EQ(refusal(""), Errno::NoEnt);
    EXPECT_EQ(refusal("kind/"), Errno::NotDir);
    EXPECT_EQ(refusal("kind/."), Errno::NotDir);
    EXPECT_EQ(refusal("kind/../kind"), Errno::NotDir);
    EXPECT_EQ(refusal(".."), Errno::Perm);
    EXPECT_EQ(refusal("./../evidence"), Errno::Perm);
    EXPECT_EQ(refusal("/kind"), Errno::Perm);
    EXPECT_EQ(refusal("kind", {.directory = true}), Errno::NotDir);
    EXPECT_EQ(read("./kind"), "none");
    EXPECT_EQ(read(".//./kind"), "none");
    auto const itself = directory_->open(".", {.directory = true});
    ASSERT_TRUE(itself);
    EXPECT_TRUE(std::holds_alternative<std::unique_ptr<vfs::Directory>>(*itself));
}

TEST_F(Attestation, LetsOnlyUserDataBeWritten) {
    for (std::string_view const path : {"kind", "evidence", "certificate"}) {
        EXPECT_EQ(refusal(path, {.write = true}), Errno::Access);
        EXPECT_EQ(refusal(path, {.write = true, .truncate = true}), Errno::Access);
        auto const file = *open(path);
        EXPECT_EQ(write(*file, "x").error(), Errno::BadF);
        EXPECT_EQ(file->set_size(0).error(), Errno::Inval);
    }
    EXPECT_EQ(write(**open("user_data"), "x").error(), Errno::BadF);
    EXPECT_EQ((*open("user_data"))->set_size(0).error(), Errno::Inval);
}

TEST_F(Attestation, CannotBeChangedInWhatItHolds) {
    EXPECT_EQ(refusal("new", {.write = true, .create = true}), Errno::Access);
    EXPECT_EQ(refusal("kind", {.create = true, .exclusive = true}), Errno::Exist);
    EXPECT_TRUE(open("user_data", {.write = true, .create = true}));
    EXPECT_EQ(directory_->create_directory("new").error(), Errno::Perm);
    EXPECT_EQ(directory_->unlink("evidence").error(), Errno::Perm);
    EXPECT_EQ(directory_->remove_directory("evidence").error(), Errno::Perm);
    EXPECT_EQ(directory_->symlink("kind", "new").error(), Errno::Perm);
    EXPECT_EQ(directory_->rename("kind", *directory_, "new").error(), Errno::Perm);
    EXPECT_EQ(directory_->link("kind", vfs::Follow::Yes, *directory_, "new").error(), Errno::Perm);
    EXPECT_EQ(directory_->set_times("kind", {}, vfs::Follow::Yes).error(), Errno::Perm);
    EXPECT_EQ(directory_->read_link("kind").error(), Errno::Inval);
}

TEST_F(Attestation, LivesAsLongAsAFileOfItIsOpen) {
    auto const file = *open("evidence");
    auto const data = writable();
    directory_.reset();
    attester_.reset();
    EXPECT_FALSE(read(*file).empty());
    EXPECT_TRUE(write(*data, "x"));
}

} // namespace
