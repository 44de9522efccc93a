#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace vitrine::tests
{

// A folder that lives as long as the test.
struct TemporaryFolder {
    std::filesystem::path path;

    TemporaryFolder()
    {
        std::string name =
            (std::filesystem::temp_directory_path() / "vitrine-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

} // namespace vitrine::tests
