#include "host/vmm/late_sender.hpp"
#include "host/vmm/poller.hpp"
#include "os/no_threads_for_tests.hpp"

#include <cstdio>

#include <gtest/gtest.h>

namespace {

using host::vmm::Poller;
using namespace std::chrono_literals;

constexpr unsigned enough = 100'000; // calls: whatever happens has happened by then

// A Keep that makes calls without end, each with or without a doorbell.
class Poll : public testing::Test {
protected:
    void SetUp() override {
        if (std::thread::hardware_concurrency() >= 2) return;
        std::puts("SKIP the host that looks: one processor, nobody polls");
        GTEST_SKIP();
    }

    void ring(bool avoidable, Poller::Clock::duration pause = {}) {
        auto const now = Poller::Clock::now();
        poller_.note({.answered = now - pause, .rung = now, .avoidable = avoidable});
    }
    void ring_in_close_succession() {
        for (unsigned i = 0; i < 100 && !poller_.started(); ++i) ring(true);
    }
    // Whether somebody looks, once it does or long after it could have.
    bool looks_after_a_while(bool expected) const {
        for (unsigned i = 0; i < 1000 && announced_ != expected; ++i)
            std::this_thread::sleep_for(10ms);
        return announced_;
    }

    std::atomic<bool> announced_ = false;
    std::atomic<bool> traffic_ = true;
    std::atomic<bool> rings_all_the_same_ = false;
    std::atomic<bool> avoidable_ = true;
    std::atomic<unsigned> served_ = 0;
    Poller poller_{
        [this] {
            if (!traffic_) return false;
            if (rings_all_the_same_) ring(avoidable_);
            ++served_;
            return true;
        },
        [this](bool polled) { announced_ = polled; }
    };
};

TEST_F(Poll, BeginsWithCallsInCloseSuccessionAndEndsWithThem) {
    ring_in_close_succession();
    EXPECT_TRUE(looks_after_a_while(true));
    traffic_ = false;
    EXPECT_FALSE(looks_after_a_while(false));
}

TEST_F(Poll, DoesNotBeginForCallsFarApart) {
    for (unsigned i = 0; i < 100; ++i) ring(true, 10ms);
    EXPECT_FALSE(poller_.started());
}

TEST_F(Poll, EndsWhereTheKeepRingsAllTheSame) {
    rings_all_the_same_ = true;
    ring_in_close_succession();
    for (unsigned i = 0; i < 1000 && served_ == 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_FALSE(looks_after_a_while(false));
    EXPECT_LT(served_, enough);
}

TEST_F(Poll, GoesOnThroughDoorbellsThatHaveToBe) {
    rings_all_the_same_ = true;
    avoidable_ = false;
    ring_in_close_succession();
    for (unsigned i = 0; i < 1000 && served_ < enough; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(announced_);
}

TEST_F(Poll, LeavesTheKeepToItsDoorbellWhereTheHostAllowsNoThread) {
    {
        os::NoThreads const none;
        ring_in_close_succession();
    }
    EXPECT_FALSE(poller_.started());
    EXPECT_FALSE(looks_after_a_while(false));
}

// With a thousand Keeps that compute, each look of each would be taken from what they compute.
TEST(Late, LooksAFewTimesInVainAndThenNoMore) {
    std::atomic<unsigned> looks = 0;
    std::atomic<bool> over = false;
    host::vmm::LateSender sender{
        [&] {
            ++looks;
            return false;
        },
        [&](bool on) { over = !on; }
    };
    sender.want();
    while (!over) std::this_thread::yield();
    sender.stop();
    EXPECT_GE(looks, 4U);
    EXPECT_LE(looks, 16U);
}

TEST(Late, GoesOnLookingWhileThereIsSomething) {
    std::atomic<unsigned> looks = 0;
    std::atomic<bool> over = false;
    host::vmm::LateSender sender{[&] { return ++looks <= 30; }, [&](bool on) { over = !on; }};
    sender.want();
    while (!over) std::this_thread::yield();
    sender.stop();
    EXPECT_GT(looks, 30U);
}

TEST(Late, IsNotAnnouncedWhereTheHostAllowsNoThread) {
    bool announced = false;
    host::vmm::LateSender sender{[] { return false; }, [&](bool) { announced = true; }};
    {
        os::NoThreads const none;
        sender.want();
        sender.want();
    }
    sender.stop();
    EXPECT_FALSE(announced);
}

} // namespace
