#include "core/store/database.h"

#include <sqlite3.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

namespace vitrine
{
namespace
{

constexpr int kPatienceMs = 20'000;
constexpr int kLongestValue =
    256 << 20; // one text or blob; a file of a few KiB can state gigabytes

// As SQLite wants a path in a URI.
std::string fileUri(const std::filesystem::path& path, const char* parameters)
{
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(path).string())
        if (c == '%' || c == '?' || c == '#')
            uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
        else
            uri += c;
    return uri + parameters;
}

bool hasUnfinishedChanges(const std::filesystem::path& path)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(path.string() + "-wal", error);
    return !error && size > 0;
}

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

Statement::Type Statement::type(int column) const
{
    switch (::sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER:
        return Type::integer;
    case SQLITE_FLOAT:
        return Type::real;
    case SQLITE_TEXT:
        return Type::text;
    case SQLITE_BLOB:
        return Type::blob;
    default:
        return Type::null;
    }
}

double Statement::real(int column) const
{
    const Type stored = type(column); // SQLite would read a text as 0
    return stored == Type::integer || stored == Type::real
               ? ::sqlite3_column_double(statement_.get(), column)
               : std::numeric_limits<double>::quiet_NaN();
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

Result<Database> Database::connect(const std::filesystem::path& path, int flags,
                                   const char* parameters)
{
    sqlite3* raw = nullptr;
    const int code = ::sqlite3_open_v2(fileUri(path, parameters).c_str(), &raw,
                                       flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database;
    database.database_.reset(raw);
    database.path_ = path;
    if (code != SQLITE_OK)
        return inputError("cannot open the workspace {}: {}", path.string(),
                          raw ? ::sqlite3_errmsg(raw) : "out of memory");
    ::sqlite3_extended_result_codes(raw, 0);
    ::sqlite3_busy_timeout(raw, kPatienceMs);
    // The schema may come from anywhere: it must not run anything, reach outside the file or name
    // lengths that the file has not.
    ::sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    ::sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    ::sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    ::sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    ::sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, kLongestValue);
    database.access_ =
        ::sqlite3_db_readonly(raw, "main") == 1 ? Access::readOnly : Access::readWrite;
    VITRINE_CHECK(database.execute("PRAGMA foreign_keys=ON;"
                                   "PRAGMA cell_size_check=ON;"));
    return database;
}

Result<Database> Database::peek(const std::filesystem::path& path)
{
    return connect(path, SQLITE_OPEN_READONLY, "?immutable=1");
}

// A reader of a WAL needs two files beside the database. Where another process has it open they are
// there; else they would have to be made, and "immutable" does without: nobody writes at this
// moment. What is written later by somebody who may is not seen, or only in part, until the
// workspace is opened anew.
Result<Database> Database::openForReading(const std::filesystem::path& path)
{
    if (!hasUnfinishedChanges(path))
        return peek(path);
    VITRINE_TRY(Database database, connect(path, SQLITE_OPEN_READONLY, "?mode=ro"));
    auto probe = database.prepare("SELECT count(*) FROM sqlite_schema");
    if (!probe.step())
        return inputError(
            "cannot read the workspace {}: it has unfinished changes ({}-wal), and here nothing "
            "can be written: copy both to a folder where you may write",
            path.string(), path.filename().string());
    return database;
}

Result<Database> Database::open(const std::filesystem::path& path, Access access)
{
    if (access == Access::readOnly)
        return openForReading(path);
    auto database = connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    std::error_code error;
    if (!database)
        return std::filesystem::exists(path, error) ? openForReading(path) : std::move(database);
    if (database->access_ == Access::readOnly)
        return openForReading(path);
    // A file that may be written in a folder that may not: the first look at a WAL fails.
    auto probe = database->prepare("SELECT count(*) FROM sqlite_schema");
    if (!probe.step() && database->cannotMakeFiles())
        return openForReading(path);
    VITRINE_CHECK(database->execute("PRAGMA synchronous=FULL"));
    return database;
}

bool Database::cannotMakeFiles() const
{
    const int code = ::sqlite3_errcode(database_.get());
    return code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
}

Result<void> Database::useWal() const
{
    if (access_ == Access::readOnly)
        return {};
    // SQLite reads the header first and then asks for the file alone; a reader that is refused that
    // never waits, whatever the busy handler says, since two of them would wait for each other.
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
    for (;;) {
        auto done = execute("PRAGMA journal_mode=WAL");
        const bool busy = !done && ::sqlite3_errcode(database_.get()) == SQLITE_BUSY;
        if (!busy || std::chrono::steady_clock::now() >= end)
            return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

Result<void> Database::checkWritable() const
{
    if (access_ == Access::readWrite)
        return {};
    return inputError(
        "the workspace {} can only be read here: copy it to a folder where you may write to "
        "keep or change runs",
        path_.string());
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
    VITRINE_CHECK(database.checkWritable());
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
