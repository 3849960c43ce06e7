// What a Keep does with those who knock, from its birth to the start of what it was granted.

#include "base/cbor.hpp"
#include "base/hex.hpp"
#include "keep/exec/provision/archive.hpp"
#include "keep/exec/provision/provision.hpp"
#include "keep/exec/provision/tenant_for_tests.hpp"

#include <thread>

namespace exec::provision {
namespace {

using namespace testing;
using wire::FrameType;
using wire::Purpose;
using wire::State;

Digest digest_of(unsigned value) {
    Digest out{};
    out.fill(std::byte(value));
    return out;
}
Bytes sum_of(std::string const& digest) { return *base::unhex(std::string_view{digest}.substr(7)); }

// A Keep that is being provisioned, on a thread of its own.
struct KeepThread {
    std::shared_ptr<base::Budget> room = nullptr; // memory for the package's files
    Door door = {};
    std::string module_found = {}; // what the package has as main.wasm
    std::optional<os::OrFailure<ReadyVisit>> outcome = {};
    std::optional<Reception> reception = {};
    std::thread thread{[this] { run(); }};

    void run() {
        auto empty = *Empty::born(digest_of(5), {});
        reception = *Reception::open(door.share(), empty.identity());
        outcome.emplace(provision(std::move(empty)));
    }
    os::OrFailure<ReadyVisit> provision(Empty empty) {
        auto visit = TRY(wait_for_grant(*reception, std::move(empty)));
        auto const files = fetch_package(visit, nullptr, room);
        if (!files) {
            tell(visit.grantor, files.error());
            return std::unexpected(files.error());
        }
        auto const module = read_whole(**files, "main.wasm", 100);
        if (module) module_found = base::text_of(*module);
        return wait_for_start(*reception, std::move(visit), digest_of(3), digest_of(4));
    }
    std::string_view ended() {
        thread.join();
        return *outcome ? "started" : outcome->error().name;
    }
};

struct Granting {
    TestTenant tenant;
    TestPackage package{{{"main.wasm", "a module"}, {"folder/file", "text"}}};
    Bytes sum = sum_of(package.digest);
    Digest workload = digest_of(3);
    Digest configuration = digest_of(4);

    Bytes deployment() const {
        wire::Deployment wish;
        wish.package = sum;
        wish.workload = workload;
        wish.configuration = configuration;
        return tenant.deployment(wish);
    }
    void grant(TestVisit& visit) const {
        auto const channel = visit.attest(Purpose::Provision);
        ASSERT_TRUE(channel);
        auto const signed_one = deployment();
        visit.grant(
            *channel, tenant.grantor, {.deployment = signed_one, .package_key = {}, .secrets = {}}
        );
    }
};

TEST(Provisioning, GoesFromEmptyToStartWithEvidenceOfBoth) {
    KeepThread keep;
    Granting const granting;
    TestVisit visit{keep.door.knock(), granting.tenant.grantor};
    ASSERT_TRUE(visit.shake_hands());
    granting.grant(visit);
    EXPECT_EQ(visit.state(visit.hear()), State::Granted);
    EXPECT_EQ(visit.state(visit.serve(granting.package.blobs)), State::Ready);
    auto const ready = visit.attest(Purpose::Ready, false);
    ASSERT_TRUE(ready);
    EXPECT_TRUE(base::equal(ready->runs()->package, granting.sum));
    visit.say(FrameType::Start, base::cbor::encoded([](auto& w) {
                  w.simple(base::cbor::simple_null);
              }));
    EXPECT_EQ(keep.ended(), "started");
    EXPECT_EQ(keep.module_found, "a module");
}

TEST(Provisioning, SixteenVisitorsWithoutAGrantEndTheKeep) {
    KeepThread keep;
    auto const key = *crypto::P256SigningKey::generate();
    for (unsigned i = 0; i < most_visits; ++i) {
        TestVisit visit{keep.door.knock(), key};
        ASSERT_TRUE(visit.shake_hands());
        ASSERT_TRUE(visit.attest(Purpose::Provision));
    }
    EXPECT_EQ(keep.ended(), "keep-unclaimed");
}

TEST(Provisioning, AVisitorAsksOnceForOneGrant) {
    KeepThread keep;
    Granting const granting;
    {
        TestVisit visit{keep.door.knock(), granting.tenant.grantor};
        ASSERT_TRUE(visit.shake_hands());
        ASSERT_TRUE(visit.attest(Purpose::Provision));
        EXPECT_FALSE(visit.attest(Purpose::Provision, false)); // a second context
    }
    // The Keep is still empty; a grant that is none ends it.
    TestVisit visit{keep.door.knock(), granting.tenant.grantor};
    ASSERT_TRUE(visit.shake_hands());
    ASSERT_TRUE(visit.attest(Purpose::Provision));
    visit.say(FrameType::Grant, wire::encode_bytes(Bytes(4096, std::byte{1})));
    EXPECT_EQ(visit.refusal(), "grant-refused");
    EXPECT_EQ(keep.ended(), "grant-refused");
}

TEST(Provisioning, BeforeAnAnswerOnlyItsThreeMessagesAreTaken) {
    KeepThread keep;
    auto const key = *crypto::P256SigningKey::generate();
    for (auto const type :
         {FrameType::Grant,
          FrameType::Start,
          FrameType::Command,
          FrameType::Authenticator,
          FrameType::Binding}) {
        TestVisit visit{keep.door.knock(), key};
        ASSERT_TRUE(visit.shake_hands());
        visit.say(type, wire::encode_bytes({}));
        EXPECT_EQ(visit.refusal(), "protocol-version");
    }
    for (auto const& hello :
         {wire::Hello{.versions = {2, 3}, .suite = 2}, wire::Hello{.suite = 3}}) {
        TestVisit visit{keep.door.knock(), key};
        ASSERT_TRUE(visit.shake_hands());
        visit.say(FrameType::Hello, wire::encode(hello));
        EXPECT_EQ(visit.refusal(), "protocol-version");
    }
    for (unsigned i = 0; i < most_visits - 7; ++i) keep.door.knock();
    EXPECT_EQ(keep.ended(), "keep-unclaimed");
}

TEST(Provisioning, APackageThatNobodyGivesOrThatIsAnotherEndsTheKeep) {
    for (bool const missing : {true, false}) {
        KeepThread keep;
        Granting const granting;
        TestVisit visit{keep.door.knock(), granting.tenant.grantor};
        ASSERT_TRUE(visit.shake_hands());
        granting.grant(visit);
        EXPECT_EQ(visit.state(visit.hear()), State::Granted);
        auto blobs = granting.package.blobs;
        if (missing)
            blobs.clear();
        else
            blobs[granting.package.digest].back() ^= 1;
        auto const last = visit.serve(blobs);
        ASSERT_TRUE(last);
        EXPECT_EQ(last->type, FrameType::Stream); // says it for people
        auto const name = missing ? "package-missing" : "package-damaged";
        EXPECT_EQ(visit.refusal(), name);
        EXPECT_EQ(keep.ended(), name);
    }
}

TEST(Provisioning, APackageThatTakesMoreMemoryThanTheHostGivesEndsTheKeep) {
    KeepThread keep{.room = std::make_shared<base::Budget>(2000)}; // for two of its three names
    Granting const granting;
    TestVisit visit{keep.door.knock(), granting.tenant.grantor};
    ASSERT_TRUE(visit.shake_hands());
    granting.grant(visit);
    EXPECT_EQ(visit.state(visit.hear()), State::Granted);
    auto const last = visit.serve(granting.package.blobs);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->type, FrameType::Stream); // says it for people
    EXPECT_EQ(visit.refusal(), "memory-limit");
    EXPECT_EQ(keep.ended(), "memory-limit");
}

TEST(Provisioning, WhoGrantedMayComeBackBeforeTheStartAndNobodyElse) {
    KeepThread keep;
    Granting const granting;
    {
        TestVisit visit{keep.door.knock(), granting.tenant.grantor};
        ASSERT_TRUE(visit.shake_hands());
        granting.grant(visit);
        EXPECT_EQ(visit.state(visit.hear()), State::Granted);
        EXPECT_EQ(visit.state(visit.serve(granting.package.blobs)), State::Ready);
        visit.say(FrameType::Grant, wire::encode_bytes(Bytes(4096, std::byte{1})));
        EXPECT_EQ(visit.refusal(), "keep-not-empty"); // it has had its grant
    }
    auto const null = base::cbor::encoded([](auto& w) { w.simple(base::cbor::simple_null); });
    {
        TestVisit stranger{keep.door.knock(), *crypto::P256SigningKey::generate()};
        ASSERT_TRUE(stranger.shake_hands());
        ASSERT_TRUE(stranger.attest(Purpose::Ready));
        stranger.say(FrameType::Start, null);
        EXPECT_EQ(stranger.refusal(), "keep-not-empty");
    }
    {
        TestVisit hasty{keep.door.knock(), granting.tenant.grantor};
        ASSERT_TRUE(hasty.shake_hands());
        hasty.say(FrameType::Start, null); // has not asked what it would start
        EXPECT_EQ(hasty.refusal(), "protocol-version");
    }
    TestVisit back{keep.door.knock(), granting.tenant.grantor};
    ASSERT_TRUE(back.shake_hands());
    ASSERT_TRUE(back.attest(Purpose::Ready));
    back.say(FrameType::Start, null);
    EXPECT_EQ(keep.ended(), "started");
}

} // namespace
} // namespace exec::provision
