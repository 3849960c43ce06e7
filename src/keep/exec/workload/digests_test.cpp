// The workload digest: of the file alone, or of the file and its package.

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/package.hpp"
#include "keep/exec/workload/digests.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exec;

std::unique_ptr<vfs::Directory> package(std::vector<vfs::PackageFile> const& files) {
    return *vfs::make_package(files, {.now = [] { return 0; }});
}

std::string digest(std::string_view application, vfs::Directory* files = nullptr) {
    return base::hex(*workload_digest(base::view_of(application), files));
}

// The expected digests are those of sha256sum.
TEST(WorkloadDigest, OfAFileIsItsSha256) {
    EXPECT_EQ(
        digest("application"), "1fe289205936c3fdb61158223892c7a8bee6ff4dfa085ea1c094ce0294e32114"
    );
}

TEST(WorkloadDigest, OfAPackageIsOfAllThatLiesInIt) {
    auto const files = package(
        {{.path = "main.wasm", .contents = base::view_of("application")},
         {.path = "a/b", .contents = base::view_of("content")}}
    );
    EXPECT_EQ(
        digest("application", files.get()),
        "29361a0e5c55386827665d8a29e66c7aeeb074f7ad7d82115e0291692313a1f3"
    );
}

TEST(WorkloadDigest, OfAnEmptyPackageIsNotThatOfTheFile) {
    auto const none = package({});
    EXPECT_NE(digest("application", none.get()), digest("application"));
}

TEST(WorkloadDigest, OfAPackageTellsNamesContentsAndKindsApart) {
    auto const with = [](std::string_view path, std::string_view content) {
        auto const files = package({{.path = path, .contents = base::view_of(content)}});
        return digest("application", files.get());
    };
    EXPECT_EQ(with("a", "x"), with("a", "x"));
    EXPECT_NE(with("a", "x"), with("b", "x"));
    EXPECT_NE(with("a", "x"), with("a", "y"));
    EXPECT_NE(with("a", ""), with("a/b", ""));

    auto const linked = vfs::make_memory({.now = [] { return 0; }});
    ASSERT_TRUE(linked->symlink("x", "a"));
    auto const other = vfs::make_memory({.now = [] { return 0; }});
    ASSERT_TRUE(other->symlink("y", "a"));
    EXPECT_NE(digest("application", linked.get()), with("a", "x"));
    EXPECT_NE(digest("application", linked.get()), digest("application", other.get()));
}

TEST(WorkloadDigest, DoesNotDependOnTheOrderInWhichFilesCame) {
    vfs::PackageFile const one{.path = "one", .contents = base::view_of("1")};
    vfs::PackageFile const two{.path = "two", .contents = base::view_of("2")};
    auto const forth = package({one, two});
    auto const back = package({two, one});
    EXPECT_EQ(digest("application", forth.get()), digest("application", back.get()));
}

} // namespace
