#include "core/quant/vision/ksh_hasher.h"

#include "core/base/random.h"

#include <algorithm>
#include <numeric>

namespace vitrine::quant
{
namespace
{

using Vector = Eigen::VectorXd;

// `count` different numbers below `below`.
std::vector<Eigen::Index> drawn(Eigen::Index below, Eigen::Index count, Random& random)
{
    std::vector<Eigen::Index> all(static_cast<std::size_t>(below));
    std::iota(all.begin(), all.end(), Eigen::Index{0});
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const auto left = static_cast<double>(all.size() - i);
        std::swap(all[i], all[i + static_cast<std::size_t>(random.uniform() * left)]);
    }
    all.resize(static_cast<std::size_t>(count));
    return all;
}

// S_0: +1 at each row's most similar tokens, -1 at the least similar ones.
HeadRows similarityTarget(const HeadRows& unit, int neighbours)
{
    const HeadRows cosines = unit * unit.transpose();
    HeadRows target = HeadRows::Zero(unit.rows(), unit.rows());
    std::vector<Eigen::Index> order(static_cast<std::size_t>(unit.rows()));
    for (Eigen::Index row = 0; row < unit.rows(); ++row) {
        std::iota(order.begin(), order.end(), Eigen::Index{0});
        std::ranges::stable_sort(order, std::ranges::greater{},
                                 [&](Eigen::Index other) { return cosines(row, other); });
        for (std::size_t i = 0; i < static_cast<std::size_t>(neighbours); ++i) {
            target(row, order[i]) = 1;
            target(row, order[order.size() - 1 - i]) = -1;
        }
    }
    return target;
}

Vector signsOf(const Vector& y)
{
    return y.unaryExpr([](double value) { return value > 0 ? 1.0 : -1.0; });
}

// One picture of the search: the centred kernel phi [tokens, anchors], and S.
struct HashedPicture {
    HeadRows phi, target;
};

// The search for one hash function a.
struct HashBitSearch {
    std::span<const HashedPicture> pictures;
    double scale; // 1 / (n bits)

    double signObjective(const Vector& a) const
    {
        double sum = 0;
        for (const HashedPicture& picture : pictures) {
            const Vector y = signsOf(picture.phi * a);
            sum -= scale * y.dot(picture.target * y);
        }
        return sum;
    }
    // Of the objective with y = 2 / (1 + exp(-phi a)) - 1.
    Vector gradient(const Vector& a) const
    {
        Vector sum = Vector::Zero(a.size());
        for (const auto& [phi, target] : pictures) {
            const Vector sigmoid =
                (phi * a).unaryExpr([](double x) { return 1 / (1 + std::exp(-x)); });
            const Vector y = 2 * sigmoid.array() - 1;
            const Vector slope = 2 * sigmoid.array() * (1 - sigmoid.array());
            const Vector byY = -scale * (target * y + target.transpose() * y);
            sum += phi.transpose() * byY.cwiseProduct(slope);
        }
        return sum;
    }
};

Vector descended(const HashBitSearch& search, Vector a, const KshOptions& options)
{
    Vector velocity = Vector::Zero(a.size());
    for (int step = 0; step < options.steps; ++step) {
        const Vector gradient = search.gradient(a);
        velocity = options.momentum * velocity + gradient;
        a -= options.rate * (gradient + options.momentum * velocity);
    }
    return a.cast<float>().cast<double>(); // as it is stored
}

Result<void> checkKsh(std::span<const HeadRows> pictures, const KshOptions& o)
{
    if (o.bits < 1 || o.bits > 4096 || o.anchors < 1 || o.neighbours < 1 || o.steps < 0)
        return argumentError("hashing needs 1 to 4096 bits, anchors, neighbours, and no fewer than "
                             "0 steps; {}, {}, {} and {} given",
                             o.bits, o.anchors, o.neighbours, o.steps);
    if (pictures.empty())
        return argumentError("hashing needs a picture whose tokens its functions are found on");
    for (const HeadRows& tokens : pictures)
        if (tokens.rows() < o.anchors || tokens.rows() < 2 * o.neighbours)
            return argumentError("{} tokens are too few for {} anchors and twice {} neighbours",
                                 tokens.rows(), o.anchors, o.neighbours);
    return {};
}

model::HeadTokens headTokens(const HeadRows& rows)
{
    return {{rows.data(), static_cast<std::size_t>(rows.size())}, rows.cols()};
}

HeadRows kernelRows(const model::TokenHash& hash, const HeadRows& tokens)
{
    const std::vector<double> kernel = model::hashKernel(hash, headTokens(tokens));
    return Eigen::Map<const HeadRows>(kernel.data(), tokens.rows(), hash.anchors);
}

std::vector<float> floatsOf(const HeadRows& rows)
{
    std::vector<float> values;
    for (const double value : rows.reshaped<Eigen::RowMajor>())
        values.push_back(static_cast<float>(value));
    return values;
}

// Anchors and the mean of kappa: all but the weights.
model::TokenHash anchoredHash(std::span<const HeadRows> pictures, const KshOptions& options,
                              Random& random)
{
    const HeadRows unit = unitRows(pictures.front());
    model::TokenHash hash{
        .channels = unit.cols(),
        .anchors = options.anchors,
        .bits = options.bits,
        .anchorRows = floatsOf(unit(drawn(unit.rows(), options.anchors, random), Eigen::all)),
        .means = {},
        .weights = {}};
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(options.anchors);
    Eigen::Index tokens = 0;
    for (const HeadRows& picture : pictures) {
        sum += kernelRows(hash, picture).colwise().sum();
        tokens += picture.rows();
    }
    hash.means = floatsOf(sum / static_cast<double>(tokens));
    return hash;
}

std::vector<HashedPicture> hashedPictures(const model::TokenHash& hash,
                                          std::span<const HeadRows> pictures, int neighbours)
{
    const Eigen::RowVectorXd mean =
        Eigen::Map<const Eigen::RowVectorXf>(hash.means.data(), hash.anchors).cast<double>();
    std::vector<HashedPicture> hashed;
    for (const HeadRows& tokens : pictures) {
        const HeadRows target = similarityTarget(unitRows(tokens), neighbours);
        hashed.push_back(
            {kernelRows(hash, tokens).rowwise() - mean, static_cast<double>(hash.bits) * target});
    }
    return hashed;
}

Vector randomStart(Eigen::Index anchors, Random& random)
{
    Vector start(anchors);
    for (double& value : start)
        value = static_cast<double>(static_cast<float>(random.normal()));
    return start;
}

} // namespace

Result<KshHasher> KshHasher::fit(std::span<const HeadRows> pictures, const KshOptions& options)
{
    VITRINE_CHECK(checkKsh(pictures, options));
    Random random(options.seed);
    KshHasher hasher;
    hasher.hash_ = anchoredHash(pictures, options, random);
    std::vector<HashedPicture> hashed = hashedPictures(hasher.hash_, pictures, options.neighbours);
    Eigen::Index tokens = 0;
    for (const HashedPicture& picture : hashed)
        tokens += picture.phi.rows();
    const double scale = 1.0 / static_cast<double>(tokens * options.bits);
    for (int bit = 0; bit < options.bits; ++bit) {
        const HashBitSearch search{hashed, scale};
        const Vector start = randomStart(options.anchors, random),
                     found = descended(search, start, options);
        const double before = search.signObjective(start), after = search.signObjective(found);
        const bool accepted = after < before;
        const Vector& kept = accepted ? found : start;
        hasher.bits_.push_back({before, accepted ? after : before, accepted});
        for (const double value : kept)
            hasher.hash_.weights.push_back(static_cast<float>(value));
        for (HashedPicture& picture : hashed) {
            const Vector y = signsOf(picture.phi * kept);
            picture.target -= y * y.transpose();
        }
    }
    return hasher;
}

CodeRows KshHasher::encode(const HeadRows& tokens) const
{
    const auto codes = model::hashedCodes(hash_, headTokens(tokens));
    return Eigen::Map<const CodeRows>(codes.data(), tokens.rows(), hash_.bits);
}

} // namespace vitrine::quant
