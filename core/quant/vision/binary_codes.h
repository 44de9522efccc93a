#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <vector>

// ShiftAddViT's binary queries and keys (You et al., NeurIPS 2023; section 4.1 and the released
// code), plainly: what faster code is judged by. A head's matrices are tokens x channels.
namespace vitrine::quant
{

using HeadRows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using CodeRows = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Rows to unit length; a row of zeros stays one.
HeadRows unitRows(const HeadRows& x);

// Vanilla binarisation ("path A"): rows to unit length, then 1 where a number exceeds the mean of
// all of them, over every head, token and channel, else 0. The released code takes one mean for a
// whole batch; here it is that of one picture, so that the answer does not depend on others [D].
std::vector<CodeRows> meanCodes(const std::vector<HeadRows>& heads);

// Attention over codes ("linear-angular"), before the depthwise convolution of v that is added to
// it: v / 2 + b_q (b_k^T v) / pi, rows to unit length.
HeadRows binaryAttention(const CodeRows& queries, const CodeRows& keys, const HeadRows& v);

// Hamming distances of the codes of queries (rows) and keys (columns).
Eigen::MatrixXi hammingMap(const CodeRows& queries, const CodeRows& keys);

// Additions of both products for one head: set bits of the keys' and the queries' codes, times the
// channels of v. On average half of tokens x bits x channels each.
std::int64_t maskedAdditions(const CodeRows& queries, const CodeRows& keys, std::int64_t channels);

} // namespace vitrine::quant
