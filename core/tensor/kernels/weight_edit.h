#pragma once

#include <cstdint>
#include <vector>

namespace vitrine::kernels
{

// A change of one head's weights between softmax and values: weight is taken from some keys and
// given to the other keys of the same row, each in proportion to what it has. For query i
//   m = sum of A[i,t] over t in `columns`, r = sum of A[i,j] over the receivers j,
//   A'[i,t] = beta A[i,t],  A'[i,j] = A[i,j] (1 + (1 - beta) m / r),
// where the receivers are the keys from `receiversFrom` on that are not in `columns`; what is
// neither stays. Positions are counted over the whole sequence. The query at position 0 and queries
// with m = 0 stay as they are; so do those with r <= leastRest, and are counted.
struct WeightEdit {
    std::vector<std::int32_t> columns = {}; // keys, ascending, each once
    double beta = 1;
    std::int64_t receiversFrom = 0;
    double leastRest = 1e-6; // negative: nothing is left out, and m / 0 makes the row NaN
    // What a published program makes of a row that it sees alone, to compare with: keys in
    // `columns` are multiplied by beta + (1 - beta) m, the others by 1 + (1 - beta) m, and the
    // weight on key 0 becomes 1.
    bool releasedSingleRow = false;

    bool changesNothing() const { return columns.empty() || beta == 1; }
};

struct EditCount {
    std::int64_t rowsModified = 0, rowsSkipped = 0;
    double massMoved = 0; // sum over the modified rows of (1 - beta) m

    EditCount& operator+=(const EditCount& other)
    {
        rowsModified += other.rowsModified;
        rowsSkipped += other.rowsSkipped;
        massMoved += other.massMoved;
        return *this;
    }
    friend bool operator==(const EditCount&, const EditCount&) = default;
};

} // namespace vitrine::kernels
