// What may be named as an application or configuration, and what is said of the rest.

#include "host/cli/run/application.hpp"
#include "host/cli/run/cache.hpp"
#include "host/cli/run/configuration.hpp"
#include "os/temporary_directory.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace {

using namespace host::cli;

class OnDisk : public ::testing::Test {
protected:
    std::string path(std::string const& name) const { return folder_.path() + '/' + name; }
    std::string write(std::string const& name, std::string const& text) const {
        std::ofstream{path(name)} << text;
        return path(name);
    }
    std::string make(std::string const& name) const {
        std::filesystem::create_directories(path(name));
        return path(name);
    }

    os::TemporaryDirectory folder_;
};

using ApplicationOnDisk = OnDisk;
using ConfigurationOnDisk = OnDisk;
using Cache = OnDisk;

TEST_F(ApplicationOnDisk, FileIsCalledByItsBaseName) {
    auto const application = open_application(write("app.wasm", "(module)"));
    ASSERT_TRUE(application);
    EXPECT_EQ(application->name, "app.wasm");
    EXPECT_FALSE(application->folder);
}

TEST_F(ApplicationOnDisk, FolderIsCalledMainWasm) {
    make("app");
    write("app/main.wasm", "(module)");
    auto const application = open_application(path("app/"));
    ASSERT_TRUE(application);
    EXPECT_EQ(application->name, "main.wasm");
    EXPECT_TRUE(application->folder);
}

TEST_F(ApplicationOnDisk, RefusalsHaveTheirNames) {
    EXPECT_EQ(open_application(path("none")).error().name, "module-not-found");
    EXPECT_EQ(open_application("").error().name, "module-not-found");
    EXPECT_EQ(open_application(write("file", "") + "/below").error().name, "module-not-found");
    EXPECT_EQ(open_application(make("empty")).error().name, "application-unreadable");
    make("odd/main.wasm");
    EXPECT_EQ(open_application(path("odd")).error().name, "application-unreadable");
    auto const large = write("large", "");
    std::filesystem::resize_file(large, (512ULL << 20) + 1);
    EXPECT_EQ(open_application(large).error().name, "application-too-large");
}

TEST_F(ConfigurationOnDisk, StandsInTheFolderOrWhereTheUserSays) {
    make("app");
    write("app/main.wasm", "(module)");
    auto const application = open_application(path("app"));
    ASSERT_TRUE(application);
    EXPECT_FALSE(find_configuration({}, *application)->has_value());
    write("app/Enarx.toml", "args = ['inner']");
    EXPECT_EQ((*find_configuration({}, *application))->configuration.args.at(0), "inner");
    auto const other = write("other.toml", "args = ['other']");
    EXPECT_EQ((*find_configuration(other, *application))->configuration.args.at(0), "other");
}

TEST_F(ConfigurationOnDisk, RefusalNamesFileLineAndColumn) {
    auto const application = open_application(write("app.wasm", ""));
    auto const bad = write("bad.toml", "\n  arg = []\n");
    auto const refused = find_configuration(bad, *application);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().name, "configuration-invalid");
    EXPECT_EQ(refused.error().text, bad + ":2:3: unknown key `arg` in the configuration");
    EXPECT_EQ(refused.error().hint, "did you mean `args`?");
    EXPECT_EQ(
        find_configuration(path("none"), *application).error().name, "configuration-unreadable"
    );
    EXPECT_EQ(
        find_configuration(folder_.path(), *application).error().name, "configuration-unreadable"
    );
}

TEST_F(ConfigurationOnDisk, PathsOfTheHostStartFromTheFile) {
    make("data");
    auto const application = open_application(write("app.wasm", ""));
    auto const file = find_configuration(
        write("c.toml", "[[files]]\nkind='dir'\npath='/d'\nsource='host'\nhost_path='data'\n"),
        *application
    );
    ASSERT_TRUE(file && *file);
    host::vmm::LaunchOrder order;
    ASSERT_TRUE(add_configuration(order, **file));
    EXPECT_EQ(order.items().back().text, "/d");
    std::filesystem::remove(path("data"));
    EXPECT_EQ(add_configuration(order, **file).error().name, "directory-unavailable");
}

TEST_F(Cache, IsMadeForThisUserAlone) {
    ::setenv("XDG_CACHE_HOME", path("caches").c_str(), 1);
    ASSERT_TRUE(open_cache("code"));
    struct ::stat status{};
    for (auto const* name : {"caches/enarx", "caches/enarx/code"}) {
        ASSERT_EQ(::stat(path(name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0700U);
    }
    ASSERT_TRUE(open_cache("code")) << "a second time";
    std::filesystem::permissions(path("caches/enarx/code"), std::filesystem::perms{0750});
    EXPECT_FALSE(open_cache("code")) << "others may look into it";
    ::unsetenv("XDG_CACHE_HOME");
}

TEST_F(Cache, IsRefusedWhereOthersMayWriteOrALinkLeadsAway) {
    ::setenv("XDG_CACHE_HOME", folder_.path().c_str(), 1);
    std::filesystem::permissions(make("enarx"), std::filesystem::perms::all);
    EXPECT_FALSE(open_cache("code"));
    std::filesystem::remove(path("enarx"));
    std::filesystem::create_directory_symlink(make("elsewhere"), path("enarx"));
    EXPECT_FALSE(open_cache("code"));
    ::unsetenv("XDG_CACHE_HOME");
}

} // namespace
