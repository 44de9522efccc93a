#pragma once

#include "core/base/json.h"
#include "core/base/random.h"
#include "core/superres/tfjs/tfjs_model.h"

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vitrine::tests
{

// A network in the layers format of TensorFlow.js, in memory, to be edited and read: every kind of
// layer, random weights, three times as large. Its weights lie in two shards that part in the
// middle of a number.
class SmallTfjs
{
public:
    SmallTfjs()
    {
        layer("InputLayer", "LR", {},
              {{"batch_input_shape", {nullptr, nullptr, nullptr, 3}},
               {"sparse", false},
               {"ragged", false}});
        convolution("F_0", "LR", 3, 3, 6);
        convolution("F_1", "F_0", 3, 6, 4);
        layer("Activation", "F_1_Relu", {"F_1"}, {{"activation", "relu"}});
        layer("Concatenate", "Concat", {"F_0", "F_1_Relu"}, {{"axis", 3}});
        convolution("LFF", "Concat", 1, 10, 6);
        layer("Add", "LRL", {"LFF", "F_0"}, Json::object());
        convolution("UPN", "LRL", 5, 6, 5);
        layer("UpSampling2D", "UPsample", {"UPN"},
              {{"size", {3, 3}}, {"data_format", "channels_last"}, {"interpolation", "nearest"}});
        convolution("SR", "UPsample", 3, 5, 3);
        const auto part = static_cast<std::ptrdiff_t>(bytes_.size() / 2 | 1);
        shards["a.bin"] = std::string(bytes_.begin(), bytes_.begin() + part);
        shards["b.bin"] = std::string(bytes_.begin() + part, bytes_.end());
    }

    Json layers = Json::array(), weights = Json::array(), paths = {"a.bin", "b.bin"};
    std::map<std::string, std::string> shards;

    Json& layerOf(const std::string& name) { return named(layers, name); }
    Json& setting(const std::string& of, const char* key) { return layerOf(of)["config"][key]; }
    Json& weight(const std::string& name) { return named(weights, name); }

    Json json() const
    {
        const Json config = {{"name", "generator"},
                             {"layers", layers},
                             {"input_layers", Json::array({Json::array({"LR", 0, 0})})},
                             {"output_layers", Json::array({Json::array({"SR", 0, 0})})}};
        return {{"format", "layers-model"},
                {"modelTopology",
                 {{"keras_version", "2.10.0"},
                  {"backend", "tensorflow"},
                  {"model_config", {{"class_name", "Functional"}, {"config", config}}}}},
                {"weightsManifest", Json::array({{{"paths", paths}, {"weights", weights}}})}};
    }
    superres::ReadShard reader() const
    {
        return [this](const std::string& name, std::uint64_t most) -> Result<std::string> {
            const auto found = shards.find(name);
            if (found == shards.end() || found->second.size() > most)
                return inputError("cannot read {}: it is not there or too long", "a shard");
            return found->second;
        };
    }
    Result<superres::TfjsModel> read() const { return readText(json().dump()); }
    Result<superres::TfjsModel> readText(const std::string& text) const
    {
        return superres::parseTfjsModel(text, "model.json", reader());
    }

private:
    static Json& named(Json& list, const std::string& name)
    {
        for (Json& each : list)
            if (each["name"] == name)
                return each;
        return list.emplace_back(Json::object());
    }
    void layer(const char* kind, const std::string& name, const std::vector<std::string>& from,
               const Json& settings)
    {
        Json config = {{"name", name}, {"trainable", true}, {"dtype", "float32"}};
        config.update(settings);
        Json nodes = Json::array(), read = Json::array();
        for (const std::string& each : from)
            read.push_back(Json::array({each, 0, 0, Json::object()}));
        if (!from.empty())
            nodes.push_back(read);
        layers.push_back(
            {{"class_name", kind}, {"config", config}, {"name", name}, {"inbound_nodes", nodes}});
    }
    void convolution(const std::string& name, const char* from, int side, int in, int out)
    {
        layer("Conv2D", name, {from},
              {{"filters", out},
               {"kernel_size", {side, side}},
               {"strides", {1, 1}},
               {"padding", side == 1 ? "valid" : "same"},
               {"data_format", "channels_last"},
               {"dilation_rate", {1, 1}},
               {"groups", 1},
               {"activation", "linear"},
               {"use_bias", true},
               {"kernel_regularizer", nullptr}});
        numbers(name + "/kernel", {side, side, in, out}, 1 / std::sqrt(1.0 * side * side * in));
        numbers(name + "/bias", {out}, 0.3);
    }
    void numbers(const std::string& name, const std::vector<int>& shape, double deviation)
    {
        weights.push_back({{"name", name}, {"shape", shape}, {"dtype", "float32"}});
        int count = 1;
        for (const int size : shape)
            count *= size;
        for (int i = 0; i < count; ++i) {
            const auto value = static_cast<float>(deviation * random_.normal());
            bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
        }
    }

    Random random_{11};
    std::string bytes_;
};

} // namespace vitrine::tests
