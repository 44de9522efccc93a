#pragma once

#include "core/base/result.h"
#include "core/store/access.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace vitrine
{

// One prepared statement. Parameters are bound in order; then step() row by row.
class Statement
{
public:
    Statement(sqlite3* database, std::string_view sql);
    Statement(Statement&&) noexcept = default;

    Statement& bind(std::int64_t value);
    Statement& bind(double value); // NaN is NULL
    Statement& bind(std::string_view text);
    Statement& bindBlob(std::string_view bytes);
    Statement& bindNull();

    // True for a row, false at the end; an error is remembered, see ok().
    bool step();
    // For statements without rows: runs it and makes it ready for the next values.
    Result<void> run();
    Result<void> ok() const; // after step() has said false
    void reset();            // ready for the next values

    enum class Type { integer, real, text, blob, null };
    Type type(int column) const; // of the value as it is stored, whatever the column is declared as
    std::int64_t integer(int column) const;
    double real(int column) const; // NULL is NaN, and so is what is no number
    std::string text(int column) const;
    std::string_view blob(int column) const; // until the next step
    bool isNull(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    sqlite3* database_ = nullptr;
    int bound_ = 0;
    int code_ = 0;
};

// A connection to SQLite: WAL, foreign keys, full synchronisation (what is committed is on the
// disk), a patient busy handler. Opens whatever is there: workspaces are opened by openWorkspace
// (schema.h), which looks first whose file it is.
class Database
{
public:
    // Makes the file where it does not exist and may be written. What can only be read (the file,
    // its folder or the medium is read-only, or the caller asks so) is opened for reading.
    static Result<Database> open(const std::filesystem::path& path,
                                 Access access = Access::readWrite);
    // As it lies on the disk, without its -wal: makes no file, takes no lock, alters nothing. For
    // looking at files of unknown origin and for what nobody writes.
    static Result<Database> peek(const std::filesystem::path& path);

    Statement prepare(std::string_view sql) const;
    Result<void> execute(const char* sql) const; // one statement or several
    Result<void>
    useWal() const; // once there is something in it; nothing to do where it is read-only
    std::int64_t lastRow() const;
    std::int64_t totalChanges() const;
    const std::filesystem::path& path() const { return path_; }
    Access access() const { return access_; }
    // One line where it can only be read.
    Result<void> checkWritable() const;

private:
    static Result<Database> connect(const std::filesystem::path& path, int flags,
                                    const char* parameters);
    static Result<Database> openForReading(const std::filesystem::path& path);
    bool cannotMakeFiles() const; // its last error was that
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> database_;
    std::filesystem::path path_;
    Access access_ = Access::readWrite;
};

// Begins as a writer; rolls back unless committed.
class Transaction
{
public:
    static Result<Transaction> begin(const Database& database);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr))
    {
    }
    ~Transaction();
    Result<void> commit();

private:
    explicit Transaction(const Database* database) : database_(database) {}
    const Database* database_;
};

} // namespace vitrine
