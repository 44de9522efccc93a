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

// The search for one hash function a over the centred kernel phi [tokens, anchors].
struct HashBitSearch {
    const HeadRows& phi;
    const HeadRows& target;
    double scale; // 1 / (n bits)

    double objective(const Vector& y) const { return -scale * y.dot(target * y); }
    double signObjective(const Vector& a) const { return objective(signsOf(phi * a)); }
    // Of the objective with y = 2 / (1 + exp(-phi a)) - 1.
    Vector gradient(const Vector& a) const
    {
        const Vector sigmoid = (phi * a).unaryExpr([](double x) { return 1 / (1 + std::exp(-x)); });
        const Vector y = 2 * sigmoid.array() - 1;
        const Vector slope = 2 * sigmoid.array() * (1 - sigmoid.array());
        const Vector byY = -scale * (target * y + target.transpose() * y);
        return phi.transpose() * byY.cwiseProduct(slope);
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
    return a;
}

Result<void> checkKsh(const HeadRows& tokens, const KshOptions& o)
{
    if (o.bits < 1 || o.bits > 4096 || o.anchors < 1 || o.neighbours < 1 || o.steps < 0)
        return argumentError("hashing needs 1 to 4096 bits, anchors, neighbours, and no fewer than "
                             "0 steps; {}, {}, {} and {} given",
                             o.bits, o.anchors, o.neighbours, o.steps);
    if (tokens.rows() < o.anchors || tokens.rows() < 2 * o.neighbours)
        return argumentError("{} tokens are too few for {} anchors and twice {} neighbours",
                             tokens.rows(), o.anchors, o.neighbours);
    return {};
}

} // namespace

HeadRows KshHasher::kernel(const HeadRows& unitTokens) const
{
    HeadRows distances(unitTokens.rows(), anchors_.rows());
    for (Eigen::Index j = 0; j < anchors_.rows(); ++j)
        distances.col(j) = (unitTokens.rowwise() - anchors_.row(j)).rowwise().squaredNorm();
    const double sigma = distances.size() > 0 ? distances.mean() : 0;
    return (distances.array() / (-2 * std::max(sigma, 1e-12))).exp();
}

Result<KshHasher> KshHasher::fit(const HeadRows& tokens, const KshOptions& options)
{
    VITRINE_CHECK(checkKsh(tokens, options));
    Random random(options.seed);
    const HeadRows unit = unitRows(tokens);
    KshHasher hasher;
    hasher.anchors_ = unit(drawn(unit.rows(), options.anchors, random), Eigen::all);
    HeadRows phi = hasher.kernel(unit);
    hasher.mean_ = phi.colwise().mean();
    phi.rowwise() -= hasher.mean_.transpose();

    HeadRows target = options.bits * similarityTarget(unit, options.neighbours);
    const double scale = 1.0 / static_cast<double>(unit.rows() * options.bits);
    hasher.weights_.resize(options.bits, options.anchors);
    for (Eigen::Index bit = 0; bit < options.bits; ++bit) {
        const HashBitSearch search{phi, target, scale};
        Vector start(options.anchors);
        for (double& value : start)
            value = random.normal();
        const Vector found = descended(search, start, options);
        const double before = search.signObjective(start), after = search.signObjective(found);
        const bool accepted = after < before;
        const Vector& kept = accepted ? found : start;
        hasher.bits_.push_back({before, accepted ? after : before, accepted});
        hasher.weights_.row(bit) = kept.transpose();
        const Vector y = signsOf(phi * kept);
        target -= y * y.transpose();
    }
    return hasher;
}

CodeRows KshHasher::encode(const HeadRows& tokens) const
{
    HeadRows phi = kernel(unitRows(tokens));
    phi.rowwise() -= mean_.transpose();
    return ((phi * weights_.transpose()).array() > 0).cast<std::uint8_t>();
}

} // namespace vitrine::quant
