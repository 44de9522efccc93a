#pragma once

#include "core/superres/picture/pixel_rows.h"

#include <vector>

namespace vitrine::superres
{

// The last rows of a source that somebody asked for, so that each is read once where many are
// needed together: any `rows` rows that follow each other have places of their own. One thread.
class LastRows
{
public:
    LastRows(const RowSource& source, std::size_t rows)
        : source_(source), rows_(rows), held_(rows, -1)
    {
    }

    const double* row(std::int64_t y)
    {
        const std::size_t slot = static_cast<std::size_t>(y) % held_.size();
        if (held_[slot] != y) {
            rows_[slot].resize(static_cast<std::size_t>(source_.width * source_.channels));
            source_.read(y, rows_[slot].data());
            held_[slot] = y;
        }
        return rows_[slot].data();
    }

private:
    const RowSource& source_;
    std::vector<std::vector<double>> rows_;
    std::vector<std::int64_t> held_;
};

} // namespace vitrine::superres
