#pragma once

#include "core/base/cache.h"
#include "core/base/random.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// llama.cpp beside us in one process: its shared library as `packaging/install peers` fetches it,
// opened at run time. Nothing of it is built in or linked; what is declared here is what its C
// interface promises.
namespace vitrine::bench
{

// $VITRINE_LLAMA_CPP, else where packaging/install puts it.
inline std::filesystem::path llamaCppFolder()
{
    const char* named = std::getenv("VITRINE_LLAMA_CPP");
    return named && *named ? std::filesystem::path(named)
                           : Cache::standardFolder("peers") / "llama.cpp";
}

// The functions that are called here, found by name. Types that only pass through are void.
class LlamaCpp
{
public:
    struct ContextMemory {
        std::size_t bytes;
        void* buffer;
        bool noData;
    };
    // Parameters that keep their standard values: their layout is the library's affair. They lie on
    // the stack when they are passed, so more room than they have does no harm.
    struct Parameters {
        std::byte bytes[1024];
    };
    struct Batch {
        std::byte bytes[256];
    };
    static constexpr int kCpu = 0; // of ggml_backend_dev_type

    // nullptr where the library is not there, or lacks a function. Opened once, never closed.
    static const LlamaCpp* find()
    {
        static const std::unique_ptr<const LlamaCpp> opened = open();
        return opened.get();
    }

    void* (*ggml_init)(ContextMemory);
    void (*ggml_free)(void* context);
    void* (*ggml_new_tensor_2d)(void* context, int type, std::int64_t columns, std::int64_t rows);
    void* (*ggml_mul_mat)(void* context, void* weights, void* inputs);
    std::size_t (*ggml_row_size)(int type, std::int64_t columns);
    std::size_t (*ggml_tensor_overhead)();
    std::size_t (*ggml_graph_overhead_custom)(std::size_t nodes, bool gradients);
    void* (*ggml_new_graph_custom)(void* context, std::size_t nodes, bool gradients);
    void (*ggml_build_forward_expand)(void* graph, void* tensor);
    std::size_t (*ggml_quantize_chunk)(int type, const float* from, void* to, std::int64_t start,
                                       std::int64_t rows, std::int64_t columns,
                                       const float* importance);
    void (*ggml_backend_load_all_from_path)(const char* folder);
    void* (*ggml_backend_dev_by_type)(int type);
    void* (*ggml_backend_dev_init)(void* device, const char* parameters);
    void* (*ggml_backend_dev_backend_reg)(void* device);
    void* (*ggml_backend_dev_buffer_type)(void* device);
    bool (*ggml_backend_dev_supports_op)(void* device, const void* operation);
    void* (*ggml_backend_reg_get_proc_address)(void* registry, const char* name);
    const char* (*ggml_backend_buft_name)(void* bufferType);
    void* (*ggml_backend_alloc_ctx_tensors_from_buft)(void* context, void* bufferType);
    void (*ggml_backend_buffer_free)(void* buffer);
    void (*ggml_backend_tensor_set)(void* tensor, const void* from, std::size_t offset,
                                    std::size_t bytes);
    int (*ggml_backend_graph_compute)(void* backend, void* graph);

    void (*llama_log_set)(void (*log)(int, const char*, void*), void*);
    Parameters (*llama_model_default_params)();
    Parameters (*llama_context_default_params)();
    void* (*llama_model_load_from_file)(const char* path, Parameters);
    void (*llama_model_free)(void* model);
    void* (*llama_init_from_model)(void* model, Parameters);
    void (*llama_free)(void* context);
    void (*llama_set_n_threads)(void* context, int one, int many);
    const void* (*llama_model_get_vocab)(const void* model);
    int (*llama_vocab_n_tokens)(const void* vocabulary);
    Batch (*llama_batch_get_one)(std::int32_t* ids, std::int32_t count);
    int (*llama_decode)(void* context, Batch);
    float* (*llama_get_logits_ith)(void* context, std::int32_t);
    int (*llama_tokenize)(const void* vocabulary, const char* text, std::int32_t bytes,
                          std::int32_t* ids, std::int32_t room, bool special, bool parseSpecial);

    void* device = nullptr;  // the processor
    void* backend = nullptr; // on it
    std::filesystem::path folder;

    // Buffer types weights may lie in, in the order in which llama.cpp asks for them.
    std::vector<void*> bufferTypes() const
    {
        std::vector<void*> types;
        if (auto* const find = ofProcessor<void** (*)(void*)>("ggml_backend_dev_get_extra_bufts"))
            for (void** type = find(device); type && *type; ++type)
                types.push_back(*type);
        types.push_back(ggml_backend_dev_buffer_type(device));
        return types;
    }
    void setThreads(int threads) const
    {
        ofProcessor<void (*)(void*, int)>("ggml_backend_set_n_threads")(backend, threads);
    }
    // The file that holds the products of this processor: llama.cpp chooses among several.
    std::string processorLibrary() const
    {
        Dl_info info{};
        dladdr(ofProcessor<void*>("ggml_backend_set_n_threads"), &info);
        return std::filesystem::path(info.dli_fname ? info.dli_fname : "").filename();
    }

private:
    template <typename Function>
    Function ofProcessor(const char* name) const
    {
        return reinterpret_cast<Function>(
            ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name));
    }

    static std::unique_ptr<const LlamaCpp> open()
    {
        auto peer = std::make_unique<LlamaCpp>();
        peer->folder = llamaCppFolder();
        void* const library = openLibrary(peer->folder);
        if (!library || !peer->findFunctions(library))
            return nullptr;
        peer->llama_log_set([](int, const char*, void*) {}, nullptr); // ggml's too
        peer->ggml_backend_load_all_from_path(peer->folder.c_str());
        peer->device = peer->ggml_backend_dev_by_type(kCpu);
        if (peer->device)
            peer->backend = peer->ggml_backend_dev_init(peer->device, nullptr);
        return peer->backend ? std::move(peer) : nullptr;
    }
    // libllama.so, or with a version in its name; it brings the others of its folder.
    static void* openLibrary(const std::filesystem::path& folder)
    {
        std::error_code none;
        for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
            const std::string name = entry.path().filename();
            if (name.starts_with("libllama.") && name.ends_with(".so"))
                return dlopen(entry.path().c_str(), RTLD_NOW | RTLD_LOCAL);
        }
        return nullptr;
    }
    bool findFunctions(void* library)
    {
        bool all = true;
        const auto find = [&](auto& function, const char* name) {
            function =
                reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
            all = all && function;
        };
#define VITRINE_FIND(name) find(name, #name)
        VITRINE_FIND(ggml_init);
        VITRINE_FIND(ggml_free);
        VITRINE_FIND(ggml_new_tensor_2d);
        VITRINE_FIND(ggml_mul_mat);
        VITRINE_FIND(ggml_row_size);
        VITRINE_FIND(ggml_tensor_overhead);
        VITRINE_FIND(ggml_graph_overhead_custom);
        VITRINE_FIND(ggml_new_graph_custom);
        VITRINE_FIND(ggml_build_forward_expand);
        VITRINE_FIND(ggml_quantize_chunk);
        VITRINE_FIND(ggml_backend_load_all_from_path);
        VITRINE_FIND(ggml_backend_dev_by_type);
        VITRINE_FIND(ggml_backend_dev_init);
        VITRINE_FIND(ggml_backend_dev_backend_reg);
        VITRINE_FIND(ggml_backend_dev_buffer_type);
        VITRINE_FIND(ggml_backend_dev_supports_op);
        VITRINE_FIND(ggml_backend_reg_get_proc_address);
        VITRINE_FIND(ggml_backend_buft_name);
        VITRINE_FIND(ggml_backend_alloc_ctx_tensors_from_buft);
        VITRINE_FIND(ggml_backend_buffer_free);
        VITRINE_FIND(ggml_backend_tensor_set);
        VITRINE_FIND(ggml_backend_graph_compute);
        VITRINE_FIND(llama_log_set);
        VITRINE_FIND(llama_model_default_params);
        VITRINE_FIND(llama_context_default_params);
        VITRINE_FIND(llama_model_load_from_file);
        VITRINE_FIND(llama_model_free);
        VITRINE_FIND(llama_init_from_model);
        VITRINE_FIND(llama_free);
        VITRINE_FIND(llama_set_n_threads);
        VITRINE_FIND(llama_model_get_vocab);
        VITRINE_FIND(llama_vocab_n_tokens);
        VITRINE_FIND(llama_batch_get_one);
        VITRINE_FIND(llama_decode);
        VITRINE_FIND(llama_get_logits_ith);
        VITRINE_FIND(llama_tokenize);
#undef VITRINE_FIND
        return all;
    }
};

enum class PeerType { q4_0 = 2, q8_0 = 8, q2_K = 10, q3_K = 11 }; // numbers of ggml_type

inline std::string_view peerTypeName(PeerType type)
{
    return type == PeerType::q4_0   ? "Q4_0"
           : type == PeerType::q8_0 ? "Q8_0"
           : type == PeerType::q2_K ? "Q2_K"
                                    : "Q3_K";
}

// One vector times each of so many equal matrices that `bytes` are read, in one graph, as a pass of
// a model is one.
class PeerProducts
{
public:
    // Nothing where llama.cpp is not there, or has no place for such weights.
    static std::unique_ptr<PeerProducts> make(PeerType type, std::int64_t rows,
                                              std::int64_t columns, std::size_t bytes)
    {
        const LlamaCpp* const peer = LlamaCpp::find();
        if (!peer)
            return nullptr;
        auto products = std::unique_ptr<PeerProducts>(new PeerProducts(*peer));
        products->matrixBytes_ =
            static_cast<std::size_t>(rows) * peer->ggml_row_size(static_cast<int>(type), columns);
        products->count_ = bytes / products->matrixBytes_ + 1;
        for (void* const bufferType : peer->bufferTypes())
            if (products->build(type, rows, columns, bufferType))
                return products;
        return nullptr;
    }
    ~PeerProducts() { clear(); }
    PeerProducts(const PeerProducts&) = delete;
    PeerProducts& operator=(const PeerProducts&) = delete;

    std::size_t matrixBytes() const { return matrixBytes_; }
    std::string_view place() const { return place_; } // where llama.cpp lays the weights
    // Of one product, over all matrices once.
    double seconds(int threads) const
    {
        peer_.setThreads(threads);
        const auto start = std::chrono::steady_clock::now();
        peer_.ggml_backend_graph_compute(peer_.backend, graph_);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() /
               static_cast<double>(count_);
    }

private:
    explicit PeerProducts(const LlamaCpp& peer) : peer_(peer) {}

    void clear()
    {
        for (void*& buffer : buffers_)
            peer_.ggml_backend_buffer_free(std::exchange(buffer, nullptr));
        for (void*& context : contexts_)
            peer_.ggml_free(std::exchange(context, nullptr));
        buffers_.clear();
        contexts_.clear();
    }
    void* context(std::size_t tensors, std::size_t nodes)
    {
        const std::size_t graph = peer_.ggml_graph_overhead_custom(nodes, false);
        return contexts_.emplace_back(
            peer_.ggml_init({.bytes = tensors * peer_.ggml_tensor_overhead() + graph,
                             .buffer = nullptr,
                             .noData = true}));
    }
    void* lay(void* context, void* bufferType)
    {
        return buffers_.emplace_back(
            peer_.ggml_backend_alloc_ctx_tensors_from_buft(context, bufferType));
    }
    // False where weights of this type cannot lie in such buffers.
    bool build(PeerType type, std::int64_t rows, std::int64_t columns, void* bufferType)
    {
        clear();
        constexpr int kF32 = 0;
        void* const weightContext = context(count_, 0);
        std::vector<void*> weights;
        for (std::size_t i = 0; i < count_; ++i)
            weights.push_back(
                peer_.ggml_new_tensor_2d(weightContext, static_cast<int>(type), columns, rows));
        if (!lay(weightContext, bufferType))
            return false;
        const std::size_t nodes = 2 * count_; // room for as many leaves as products
        void* const others = context(count_ + 1, nodes);
        void* const inputs = peer_.ggml_new_tensor_2d(others, kF32, columns, 1);
        graph_ = peer_.ggml_new_graph_custom(others, nodes, false);
        for (void* const matrix : weights) {
            void* const product = peer_.ggml_mul_mat(others, matrix, inputs);
            if (!peer_.ggml_backend_dev_supports_op(peer_.device, product))
                return false;
            peer_.ggml_build_forward_expand(graph_, product);
        }
        lay(others, peer_.ggml_backend_dev_buffer_type(peer_.device));
        place_ = peer_.ggml_backend_buft_name(bufferType);
        fill(type, rows, columns, weights, inputs);
        return true;
    }
    // All matrices hold the same rows, over and over: time does not depend on them.
    void fill(PeerType type, std::int64_t rows, std::int64_t columns,
              const std::vector<void*>& weights, void* inputs) const
    {
        constexpr std::int64_t kDistinct = 16;
        std::vector<float> values(static_cast<std::size_t>(kDistinct * columns));
        Random random(1);
        for (float& value : values)
            value = static_cast<float>(random.normal());
        const std::size_t rowBytes = matrixBytes_ / static_cast<std::size_t>(rows);
        std::vector<std::byte> bytes(matrixBytes_);
        peer_.ggml_quantize_chunk(static_cast<int>(type), values.data(), bytes.data(), 0,
                                  std::min(kDistinct, rows), columns, nullptr);
        for (std::size_t at = rowBytes * kDistinct; at < matrixBytes_; ++at)
            bytes[at] = bytes[at - rowBytes * kDistinct];
        for (void* const matrix : weights)
            peer_.ggml_backend_tensor_set(matrix, bytes.data(), 0, bytes.size());
        peer_.ggml_backend_tensor_set(inputs, values.data(), 0,
                                      static_cast<std::size_t>(columns) * sizeof(float));
    }

    const LlamaCpp& peer_;
    std::size_t matrixBytes_ = 0, count_ = 0;
    std::vector<void*> contexts_, buffers_;
    void* graph_ = nullptr;
    std::string_view place_;
};

// A model in a GGUF file, run by llama.cpp as it runs it without further wishes.
class PeerModel
{
public:
    // nullptr where llama.cpp is not there or refuses the file.
    static std::unique_ptr<PeerModel> open(const std::filesystem::path& file)
    {
        const LlamaCpp* const peer = LlamaCpp::find();
        if (!peer)
            return nullptr;
        auto opened = std::unique_ptr<PeerModel>(new PeerModel(*peer));
        opened->model_ =
            peer->llama_model_load_from_file(file.c_str(), peer->llama_model_default_params());
        if (opened->model_)
            opened->context_ =
                peer->llama_init_from_model(opened->model_, peer->llama_context_default_params());
        if (!opened->context_)
            return nullptr;
        peer->llama_set_n_threads(opened->context_, 1, 1); // more wait for each other by spinning
        return opened;
    }
    ~PeerModel()
    {
        if (context_)
            peer_.llama_free(context_);
        if (model_)
            peer_.llama_model_free(model_);
    }
    PeerModel(const PeerModel&) = delete;
    PeerModel& operator=(const PeerModel&) = delete;

    // Appends an id to the sequence; logits [vocabulary] behind it, valid until the next call.
    // Empty where llama.cpp says no.
    std::span<const float> next(std::int32_t id) const
    {
        if (peer_.llama_decode(context_, peer_.llama_batch_get_one(&id, 1)) != 0)
            return {};
        return {peer_.llama_get_logits_ith(context_, -1),
                static_cast<std::size_t>(peer_.llama_vocab_n_tokens(vocabulary()))};
    }
    // With what the model wants in front and behind.
    std::vector<std::int32_t> tokenize(std::string_view text) const
    {
        std::vector<std::int32_t> ids(text.size() + 16);
        const int count =
            peer_.llama_tokenize(vocabulary(), text.data(), static_cast<std::int32_t>(text.size()),
                                 ids.data(), static_cast<std::int32_t>(ids.size()), true, false);
        ids.resize(static_cast<std::size_t>(std::max(count, 0)));
        return ids;
    }

private:
    explicit PeerModel(const LlamaCpp& peer) : peer_(peer) {}
    const void* vocabulary() const { return peer_.llama_model_get_vocab(model_); }

    const LlamaCpp& peer_;
    void *model_ = nullptr, *context_ = nullptr;
};

} // namespace vitrine::bench
