#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>

namespace vitrine::tests
{

// SQL on a database past everything that Vitrine guards it with: what somebody else may have
// written.
inline void tamper(const std::filesystem::path& path, const std::string& sql, bool mayFail = false)
{
    sqlite3* database = nullptr;
    ASSERT_EQ(::sqlite3_open(path.c_str(), &database), SQLITE_OK);
    ::sqlite3_busy_timeout(database, 10'000);
    char* problem = nullptr;
    ::sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &problem);
    EXPECT_TRUE(problem == nullptr || mayFail) << problem << ": " << sql.substr(0, 200);
    ::sqlite3_free(problem);
    ::sqlite3_close(database);
}

} // namespace vitrine::tests
