#include "core/model/network/network.h"

#include "core/model/network/named_networks.h"
#include "core/model/network/network_builder.h"
#include "tests/support/golden.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A convolution, a residual branch around a linear layer, a head.
Network residualNetwork()
{
    NetworkBuilder net;
    net.begin("stem", Part::stem);
    const std::size_t stem = net.add(convShape("stem", 3, 4, 8, 4, 2, 2), {});
    net.batchNorm("stem.norm", 4, 1e-5f);
    net.begin("block", Part::mlp);
    net.add(elementShape("block.norm", LayerKind::norm, 16, 4));
    net.add(linearShape("block.fc", 16, 4, 4, true));
    net.step("block.add", LayerKind::add, 16, 4, {stem, net.last()});
    net.begin("head", Part::head);
    net.add(linearShape("head", 16, 4, 2, false));
    return net.take();
}

// Tensors in memory, as a checkpoint holds them.
class TensorsInMemory : public Checkpoint
{
public:
    explicit TensorsInMemory(const Network& network)
    {
        for (const auto& [name, shape, use] : tensorsOf(network))
            put(name, shape);
    }
    void put(const std::string& name, std::vector<std::int64_t> shape, DType type = DType::f32)
    {
        tensors_[name] = {type, std::move(shape), {}};
    }
    void erase(const std::string& name) { tensors_.erase(name); }

    std::vector<std::string> tensorNames() const override
    {
        std::vector<std::string> names;
        for (const auto& [name, view] : tensors_)
            names.push_back(name);
        return names;
    }
    bool has(const std::string& name) const override { return tensors_.contains(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        const auto found = tensors_.find(name);
        if (found == tensors_.end())
            return inputError("there is no tensor \"{}\"", name);
        return found->second;
    }
    std::vector<std::filesystem::path> files() const override { return {}; }
    std::vector<std::string> notes() const override { return {}; }

private:
    std::map<std::string, TensorView> tensors_;
};

std::string whyUnfit(const Network& network, const Checkpoint& checkpoint)
{
    const auto stored = checkTensors(network, checkpoint, "here");
    return stored ? "accepted" : stored.error().message;
}

TEST(Network, GivesTheTensorsItsLayersNeed)
{
    std::vector<std::string> names;
    for (const NetworkTensor& tensor : tensorsOf(residualNetwork()))
        names.push_back(tensor.name);

    EXPECT_THAT(names,
                ElementsAre("stem.weight", "stem.norm.weight", "stem.norm.bias",
                            "stem.norm.running_mean", "stem.norm.running_var",
                            "stem.norm.num_batches_tracked", "block.norm.weight", "block.norm.bias",
                            "block.fc.weight", "block.fc.bias", "head.weight"));
    // 4 filters of 3 x 2 x 2, then 2 x 4, 2 x 4, 4 x 4 + 4, 2 x 4; statistics are not trained.
    EXPECT_EQ(residualNetwork().parameters(), 48 + 8 + 8 + 20 + 8);
}

TEST(Network, ItsTableLeavesOutWhatNoSimulatorCounts)
{
    std::vector<std::string> names;
    for (const LayerShape& layer : layerTable(residualNetwork()))
        names.push_back(layer.name);

    EXPECT_THAT(names, ElementsAre("stem", "block.norm", "block.fc", "head"));
}

TEST(Network, ItsPlanKeepsAnOutputUntilItsLastReader)
{
    const std::vector<Step> plan = forwardPlan(residualNetwork());

    ASSERT_EQ(plan.size(), 5u);
    EXPECT_THAT(plan[0].inputs, IsEmpty()); // the picture
    EXPECT_THAT(plan[1].released, IsEmpty()) << "the residual branch still reads the stem";
    EXPECT_THAT(plan[3].inputs, ElementsAre(0, 2));
    EXPECT_THAT(plan[3].released, ElementsAre(0, 2));
    EXPECT_THAT(plan[4].released, ElementsAre(3)) << "the last output is the network's";
}

TEST(Network, NamesTheTensorThatIsMissingOrMisshapen)
{
    const Network network = residualNetwork();
    TensorsInMemory stored(network);
    EXPECT_EQ(whyUnfit(network, stored), "accepted");

    stored.put("block.fc.weight", {4, 5});
    EXPECT_EQ(whyUnfit(network, stored), "tensor \"block.fc.weight\" of here has the shape [4, "
                                         "5], config.json needs [4, 4]");
    stored.put("block.fc.weight", {4, 4}, DType::i8);
    EXPECT_THAT(whyUnfit(network, stored),
                HasSubstr("\"block.fc.weight\" of here is stored as I8"));
    stored.erase("block.fc.weight");
    EXPECT_THAT(whyUnfit(network, stored), HasSubstr("\"block.fc.weight\""));
}

TEST(Network, ListsWhatACheckpointHoldsBeyondIt)
{
    const Network network = residualNetwork();
    TensorsInMemory stored(network);
    stored.put("head.bias", {2});
    stored.put("ema.weight", {1});
    stored.put("stem.weight", {4, 3, 2, 2}, DType::f64);
    stored.put("stem.norm.num_batches_tracked", {}, DType::i64); // known, and not read

    const auto checked = checkTensors(network, stored, "here");

    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_THAT(checked->unexpected, ElementsAre("ema.weight", "head.bias"));
    EXPECT_EQ(checked->doubles, 1u);
}

// What every plan has to keep: inputs come before their reader, nothing is read after it was
// released, and only heads are left at the end.
TEST(Network, PlansOfAllNamedNetworksAreSound)
{
    for (const std::string& name : networkNames()) {
        const Network network = *namedNetwork(name);
        std::set<std::size_t> alive;
        for (const Step& step : forwardPlan(network)) {
            const LayerShape& shape = network.layers[step.layer].shape;
            ASSERT_EQ(step.inputs.empty(), step.layer == 0) << name << ", " << shape.name;
            for (const std::size_t input : step.inputs)
                ASSERT_TRUE(alive.contains(input)) << name << ", " << shape.name;
            alive.insert(step.layer);
            for (const std::size_t released : step.released)
                ASSERT_EQ(alive.erase(released), 1u) << name << ", " << shape.name;
        }
        EXPECT_EQ(alive.size(), name == "deit-tiny-distilled" ? 2u : 1u) << name;
        for (const std::size_t output : alive)
            EXPECT_EQ(network.layers[output].shape.n, 1000) << name;
    }
}

// How many numbers a layer gives, where its inputs say so: sizes and inputs cannot contradict each
// other.
TEST(Network, LayersReadWhatTheirInputsGive)
{
    const auto given = [](const Network& network, std::size_t layer) {
        return network.layers[layer].shape.outputElements();
    };
    for (const std::string& name : networkNames()) {
        const Network network = *namedNetwork(name);
        for (const NetworkLayer& layer : network.layers) {
            const LayerShape& s = layer.shape;
            if (layer.inputs.empty())
                continue;
            const auto isOne = [&](std::initializer_list<LayerKind> kinds) {
                return std::ranges::find(kinds, s.kind) != kinds.end();
            };
            std::int64_t all = 0;
            for (const std::size_t input : layer.inputs)
                all += given(network, input);
            SCOPED_TRACE(name + ", " + s.name);
            if (s.weights || isOne({LayerKind::norm, LayerKind::activation, LayerKind::softmax,
                                    LayerKind::pool})) {
                EXPECT_EQ(all, s.inputElements());
            } else if (s.kind == LayerKind::add) {
                EXPECT_EQ(all, 2 * s.outputElements());
            } else if (isOne({LayerKind::windows, LayerKind::joinWindows, LayerKind::merge,
                              LayerKind::concat})) {
                EXPECT_EQ(all, s.outputElements());
            }
        }
    }
}

} // namespace
} // namespace vitrine::model
