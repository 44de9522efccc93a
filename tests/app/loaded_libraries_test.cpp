#include "app/plugins/plugin_registry.h"

#include <gtest/gtest.h>

#include <QApplication>

#include <filesystem>
#include <fstream>
#include <string>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

std::string loadedLibraries()
{
    std::ifstream maps("/proc/self/maps");
    return {std::istreambuf_iterator<char>(maps), {}};
}

// This test program links what the window links. With every plugin's code loaded there is still no
// libtorch, which costs half a second, and no Qt 5, which comes with it.
TEST(LoadedLibraries, HoldNeitherTorchNorQt5WithAllPluginsLoaded)
{
    PluginRegistry registry({fs::path(VITRINE_PROGRAM).parent_path() / "../lib/vitrine/plugins"});
    ASSERT_GE(registry.plugins().size(), 2u);
    for (const PluginInfo& plugin : registry.plugins()) {
        const auto loaded = registry.load(plugin.id);
        ASSERT_TRUE(loaded) << loaded.error().message;
    }

    const std::string libraries = loadedLibraries();

    EXPECT_NE(libraries.find("libQt6Widgets"), std::string::npos)
        << "the test looks at the right process";
    EXPECT_NE(libraries.find("attention.so"), std::string::npos);
    EXPECT_EQ(libraries.find("libtorch"), std::string::npos);
    EXPECT_EQ(libraries.find("libQt5"), std::string::npos);
}

} // namespace
} // namespace vitrine
