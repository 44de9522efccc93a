#include "core/store/database.h"

#include <sqlite3.h>

#include <cmath>
#include <limits>

namespace vitrine
{
namespace
{

constexpr int kPatienceMs = 20'000;

tl::unexpected<Error> problem(sqlite3* database)
{
    const char* file = ::sqlite3_db_filename(database, "main");
    const int code = ::sqlite3_errcode(database);
    const bool malformed = code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
    return tl::unexpected(
        Error{malformed ? ErrorKind::input : ErrorKind::failed,
              fmt::format("the workspace {}: {}", file ? file : "", ::sqlite3_errmsg(database))});
}

} // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database)
{
    sqlite3_stmt* statement = nullptr;
    code_ = ::sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement,
                                 nullptr);
    statement_.reset(statement);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const
{
    ::sqlite3_finalize(statement);
}

Statement& Statement::bind(std::int64_t value)
{
    ::sqlite3_bind_int64(statement_.get(), ++bound_, value);
    return *this;
}

Statement& Statement::bind(double value)
{
    ::sqlite3_bind_double(statement_.get(), ++bound_, value); // SQLite stores NaN as NULL
    return *this;
}

Statement& Statement::bind(std::string_view text)
{
    ::sqlite3_bind_text64(statement_.get(), ++bound_, text.data() ? text.data() : "", text.size(),
                          SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bindBlob(std::string_view bytes)
{
    ::sqlite3_bind_blob64(statement_.get(), ++bound_, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    return *this;
}

Statement& Statement::bindNull()
{
    ::sqlite3_bind_null(statement_.get(), ++bound_);
    return *this;
}

bool Statement::step()
{
    if (!statement_)
        return false;
    code_ = ::sqlite3_step(statement_.get());
    return code_ == SQLITE_ROW;
}

Result<void> Statement::run()
{
    while (step()) {
    }
    const auto result = ok();
    reset();
    return result;
}

void Statement::reset()
{
    if (statement_) {
        ::sqlite3_reset(statement_.get());
        ::sqlite3_clear_bindings(statement_.get());
    }
    bound_ = 0;
}

Result<void> Statement::ok() const
{
    if (statement_ && (code_ == SQLITE_OK || code_ == SQLITE_DONE || code_ == SQLITE_ROW))
        return {};
    return problem(database_);
}

std::int64_t Statement::integer(int column) const
{
    return ::sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const
{
    return isNull(column) ? std::numeric_limits<double>::quiet_NaN()
                          : ::sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const
{
    const auto* text = ::sqlite3_column_text(statement_.get(), column);
    const int size = ::sqlite3_column_bytes(statement_.get(), column);
    return text ? std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size))
                : std::string();
}

std::string_view Statement::blob(int column) const
{
    const void* bytes = ::sqlite3_column_blob(statement_.get(), column);
    const int size = ::sqlite3_column_bytes(statement_.get(), column);
    return bytes ? std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size))
                 : std::string_view();
}

bool Statement::isNull(int column) const
{
    return ::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* database) const
{
    ::sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::filesystem::path& path)
{
    sqlite3* raw = nullptr;
    const int code = ::sqlite3_open_v2(
        path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
        nullptr);
    Database database;
    database.database_.reset(raw);
    database.path_ = path;
    if (code != SQLITE_OK)
        return inputError("cannot open the workspace {}: {}", path.string(),
                          raw ? ::sqlite3_errmsg(raw) : "out of memory");
    ::sqlite3_extended_result_codes(raw, 0);
    ::sqlite3_busy_timeout(raw, kPatienceMs);
    VITRINE_CHECK(database.execute("PRAGMA journal_mode=WAL;"
                                   "PRAGMA synchronous=FULL;"
                                   "PRAGMA foreign_keys=ON;"
                                   "PRAGMA trusted_schema=OFF;"));
    return database;
}

Statement Database::prepare(std::string_view sql) const
{
    return Statement(database_.get(), sql);
}

Result<void> Database::execute(const char* sql) const
{
    if (::sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return problem(database_.get());
    return {};
}

std::int64_t Database::lastRow() const
{
    return ::sqlite3_last_insert_rowid(database_.get());
}

std::int64_t Database::totalChanges() const
{
    return ::sqlite3_total_changes64(database_.get());
}

Result<Transaction> Transaction::begin(const Database& database)
{
    VITRINE_CHECK(database.execute("BEGIN IMMEDIATE"));
    return Transaction(&database);
}

Transaction::~Transaction()
{
    if (database_)
        (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit()
{
    VITRINE_CHECK(database_->execute("COMMIT"));
    database_ = nullptr;
    return {};
}

} // namespace vitrine
