#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace vitrine::learning
{

// A table as vitrine-prepare writes it: cells between tabs, the names of the columns in the first
// line. All of it is ours, so what is not known does not belong there: another column, one that
// stands twice, a row with more or fewer cells. Everything throws std::runtime_error with one line
// that names the file, the line, and the column or cell.
class PreparedTable
{
public:
    PreparedTable(const std::string& path, const std::vector<std::string>& knownColumns);

    const std::vector<std::string>& columns() const { return columns_; }

    bool next(); // to the next row; false behind the last one
    const std::vector<std::string>& cells() const { return row_; }

    // Cells of the row, by column; the column must be there.
    const std::string& text(const std::string& column) const;
    const std::string& oneOf(const std::string& column,
                             const std::vector<std::string>& words) const;
    uint64_t whole(const std::string& column, uint64_t most) const;
    int64_t side(const std::string& column) const;    // 1 .. 65536
    double positive(const std::string& column) const; // finite

    [[noreturn]] void fail(const std::string& what) const;

private:
    std::string path_;
    std::ifstream in_;
    int line_ = 1;
    std::vector<std::string> columns_, row_;
    std::map<std::string, size_t> placeOf_;
};

} // namespace vitrine::learning
