#pragma once

#include "core/store/database.h"

#include <string>
#include <vector>

namespace vitrine
{

// Reads the columns of one row whose contents may come from anywhere. The first problem is kept;
// after it every column reads as empty, so that a reader asks once, at the end. Nothing is
// converted: a text where a number belongs is a problem, not a zero.
class StoredRow
{
public:
    explicit StoredRow(const Statement& row) : row_(row) {}

    std::string text(int column, const char* what);
    std::string name(int column, const char* what);     // isPlainName
    std::string fileName(int column, const char* what); // isPlainFileName
    std::int64_t integer(int column, const char* what, std::int64_t low, std::int64_t high);
    double real(int column, const char* what); // NULL is NaN
    std::string_view blob(int column, const char* what);

    void fail(std::string problem);
    bool isSound() const { return problem_.empty(); }
    const std::string& problem() const { return problem_; }

private:
    const Statement& row_;
    std::string problem_;
};

} // namespace vitrine
