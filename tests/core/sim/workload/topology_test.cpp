#include "core/sim/workload/topology.h"

#include <gtest/gtest.h>

namespace vitrine::sim
{
namespace
{

constexpr const char* kConvHeader = "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter "
                                    "Width, Channels, Num Filter, Strides,\n";

std::string topologyRefusal(const std::string& text)
{
    const auto result = parseTopology(text, "t.csv");
    return result ? "accepted" : result.error().message;
}

TEST(Topology, ReadsProducts)
{
    const auto workload =
        parseTopology("Layer, M, N, K,\r\nqkv, 197, 576,192,\r\n\r\n b , 1,2,3\n", "t.csv");
    ASSERT_TRUE(workload) << workload.error().message;
    ASSERT_EQ(workload->layers.size(), 2u);
    EXPECT_EQ(workload->layers[0].shape.name, "qkv");
    EXPECT_EQ(workload->layers[0].shape.m, 197);
    EXPECT_EQ(workload->layers[0].shape.n, 576);
    EXPECT_EQ(workload->layers[0].shape.k, 192);
    EXPECT_EQ(workload->layers[1].shape.name, "b");
}

TEST(Topology, NamesOfVisionTransformersSayWhatIsTheMlps)
{
    const auto workload = parseTopology(
        "Layer, M, N, K,\nblocks.0.attn.qkv,4,5,6,\nblocks.0.mlp.fc1,4,5,6,\nmlp,4,5,6,\n",
        "t.csv");
    ASSERT_TRUE(workload) << workload.error().message;
    EXPECT_EQ(workload->layers[0].shape.part, model::Part::other);
    EXPECT_EQ(workload->layers[1].shape.part, model::Part::mlp);
    EXPECT_EQ(workload->layers[2].shape.part, model::Part::other);
}

// The last window may reach beyond the map: (224 - 11 + 4) / 4 rounded up is 55.
TEST(Topology, ReadsConvolutionsAsTheToolDoes)
{
    const auto workload =
        parseTopology(std::string(kConvHeader) + "Conv1,224,224,11,11,3,96,4,\n", "t.csv");
    ASSERT_TRUE(workload) << workload.error().message;
    const auto& shape = workload->layers[0].shape;
    EXPECT_EQ(shape.m, 3025);
    EXPECT_EQ(shape.n, 96);
    EXPECT_EQ(shape.k, 363);
}

TEST(Topology, StridesMayDiffer)
{
    const auto workload =
        parseTopology("Name, Input Height, Input Width, Filter Height, Filter Width, "
                      "Channel, Filters, Stride Height, Stride Width\n"
                      "x,9,9,3,3,1,1,1,2\n",
                      "t.csv");
    ASSERT_TRUE(workload) << workload.error().message;
    EXPECT_EQ(workload->layers[0].shape.conv.outHeight, 7);
    EXPECT_EQ(workload->layers[0].shape.conv.outWidth, 4);
}

// The titles say what a column is, not its place.
TEST(Topology, ColumnsMayStandInAnyOrder)
{
    const auto workload = parseTopology("K,Layer,N,M\n3,x,2,1\n", "t.csv");
    ASSERT_TRUE(workload) << workload.error().message;
    EXPECT_EQ(workload->layers[0].shape.name, "x");
    EXPECT_EQ(workload->layers[0].shape.m, 1);
    EXPECT_EQ(workload->layers[0].shape.n, 2);
    EXPECT_EQ(workload->layers[0].shape.k, 3);
}

TEST(Topology, PaddingIsNoStrideAcross)
{
    const std::string titles = "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter "
                               "Width, Channels, Num Filter, Strides, Padding,\n";
    const auto workload = parseTopology(titles + "stem,32,30,3,3,3,16,1,1,\n", "t.csv");
    ASSERT_TRUE(workload) << workload.error().message;
    const auto& shape = workload->layers[0].shape;
    EXPECT_EQ(shape.m, 32 * 30);
    EXPECT_EQ(shape.conv.inHeight, 32); // what is read from memory
    EXPECT_EQ(parseTopology(titles + "x,32,30,3,3,3,16,1,0,\n", "t.csv")->layers[0].shape.m,
              30 * 28);
    EXPECT_EQ(
        topologyRefusal(titles + "x,32,30,3,3,3,16,1,-1,\n"),
        "cannot read t.csv: row 2, column 9 (padding): \"-1\" is not a whole number from 0 to "
        "2147483647");
}

// What the tool's own folder of tables holds beside the usual header.
TEST(Topology, ReadsPublishedSpellings)
{
    const std::string rest = "Filter Height,Filter Width,Channels,Num Filter,Strides";
    const std::string row = "\n,,,,,,,,\nx,9,12,3,3,1,1,1\n";
    for (const std::string& header :
         {"\xef\xbb\xbfLayer name, IFMAP Height, IFMAP Width, " + rest + ",",
          "Layer,IFMAP Width,IFMAP Width," + rest + ", ,",
          "Layer name\t, ifmap height\t, ifmap width\t," + rest + ",\t"}) {
        const auto workload = parseTopology(header + row, "t.csv");
        ASSERT_TRUE(workload) << workload.error().message;
        EXPECT_EQ(workload->layers[0].shape.conv.outHeight, 7);
        EXPECT_EQ(workload->layers[0].shape.conv.outWidth, 10);
    }
    EXPECT_TRUE(parseTopology("L,M,N,K,\nx,1,2,3,\n", "t.csv"));
    const std::string batch = "Layer name,Ifmap height,ifmap width," + rest + ",batch size,\n";
    EXPECT_TRUE(parseTopology(batch + "x,9,9,3,3,1,1,1,1,\n", "t.csv"));
    EXPECT_EQ(topologyRefusal(batch + "x,9,9,3,3,1,1,1,4,\n"),
              "cannot read t.csv: row 2, column 9 (batch size): 4 pictures at once are not "
              "simulated, 1 expected");
}

TEST(Topology, AColumnThatIsNotKnownIsRefusedByItsTitle)
{
    const std::string conv = "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, "
                             "Channels, Num Filter, Strides, ";
    EXPECT_EQ(
        topologyRefusal(conv + "Sparsity,\nstem,34,34,3,3,3,16,2,1:4,\n"),
        "cannot read t.csv: row 1, column 9 (Sparsity): sparse weights are not simulated from "
        "a table: take the column away for dense ones");
    EXPECT_EQ(
        topologyRefusal(conv + "Dilation,\nstem,34,34,3,3,3,16,2,2,\n"),
        "cannot read t.csv: row 1, column 9: \"Dilation\" is no title that is known; known "
        "are \"Layer, M, N, K\" and SCALE-Sim's of a convolution table, also \"Stride across\" "
        "and \"Padding\"");
    EXPECT_EQ(topologyRefusal(conv + "Stride,\nstem,34,34,3,3,3,16,2,2,\n"),
              "cannot read t.csv: row 1, column 9: a second column of \"stride\"");
    EXPECT_EQ(
        topologyRefusal("Layer, M, N, K, Padding\nx,1,2,3,0\n"),
        "cannot read t.csv: row 1: \"padding\" does not belong into a table of matrix products");
    EXPECT_EQ(topologyRefusal("Layer, M, K\nx,1,2\n"),
              "cannot read t.csv: row 1 has no column \"N\"");
}

TEST(Topology, ATableWithoutAHeaderIsRefused)
{
    const std::string refusal =
        "cannot read t.csv: row 1 holds a layer, a header expected (\"Layer, "
        "M, N, K\" or SCALE-Sim's titles of a convolution table)";
    EXPECT_EQ(topologyRefusal("stem,34,34,3,3,3,16,2,\npw,16,16,1,1,16,32,1,\n"), refusal);
    EXPECT_EQ(topologyRefusal("a,33,31,17\nb,7,5,3\n"), refusal);
}

TEST(Topology, ErrorsTellRowAndColumn)
{
    EXPECT_EQ(topologyRefusal(""),
              "cannot read t.csv: it is empty, a header and a row per layer expected");
    EXPECT_EQ(topologyRefusal("Layer, M, N, K\n"),
              "cannot read t.csv: no layers below the header in row 1");
    EXPECT_EQ(
        topologyRefusal("a,b\n1,2\n"),
        "cannot read t.csv: row 1, column 1: \"a\" is no title that is known; known are "
        "\"Layer, M, N, K\" and SCALE-Sim's of a convolution table, also \"Stride across\" and "
        "\"Padding\"");
    EXPECT_EQ(
        topologyRefusal("Layer, M, N, K\nok,1,2,3\nbad, 4, x, 6\n"),
        "cannot read t.csv: row 3, column 3 (N): \"x\" is not a whole number from 1 to 2147483647");
    EXPECT_EQ(
        topologyRefusal("Layer, M, N, K\nzero, 4, 0, 6\n"),
        "cannot read t.csv: row 2, column 3 (N): \"0\" is not a whole number from 1 to 2147483647");
    EXPECT_EQ(topologyRefusal("Layer, M, N, K\nshort, 4, 5\n"),
              "cannot read t.csv: row 2, column 4: nothing there, 4 columns expected");
    EXPECT_EQ(topologyRefusal("Layer, M, N, K\nlong, 4, 5, 6, 7\n"),
              "cannot read t.csv: row 2, column 5: one column too many, 4 expected");
    EXPECT_EQ(topologyRefusal(std::string(kConvHeader) + "c,3,9,5,3,1,1,1,\n"),
              "cannot read t.csv: row 2, column 4 (filter height): the filter of 5 is larger than "
              "the map of 3 (which "
              "includes the padding)");
    EXPECT_EQ(topologyRefusal(std::string(kConvHeader) + "c,9,9,3,3,1,1,-1,\n"),
              "cannot read t.csv: row 2, column 8 (stride): \"-1\" is not a whole number from 1 to "
              "2147483647");
    EXPECT_EQ(topologyRefusal("Layer, M, N, K\n,1,2,3\n"),
              "cannot read t.csv: row 2, column 1 (name): a name of at most 200 printable "
              "characters expected");
}

TEST(Topology, HugeLayersAreRefusedNotOverflown)
{
    EXPECT_NE(topologyRefusal("Layer, M, N, K\nx,2147483647,2147483647,2147483647\n")
                  .find("row 2, column 2"),
              std::string::npos);
    EXPECT_NE(topologyRefusal(std::string(kConvHeader) +
                              "x,2147483647,2147483647,1,1,2147483647,2147483647,1,\n")
                  .find("row 2"),
              std::string::npos);
    EXPECT_NE(topologyRefusal("Layer, M, N, K\nx,99999999999999999999,1,1\n").find("column 2 (M)"),
              std::string::npos);
}

TEST(Topology, RowsAreLimited)
{
    std::string text = "Layer, M, N, K\n";
    for (int i = 0; i <= 20000; ++i)
        text += "a,1,1,1\n";
    EXPECT_EQ(topologyRefusal(text), "cannot read t.csv: more than 20000 layers at row 20002");
}

void expectSame(const Workload& a, const Workload& b)
{
    ASSERT_EQ(a.layers.size(), b.layers.size());
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
        const auto &x = a.layers[i].shape, &y = b.layers[i].shape;
        EXPECT_EQ(x.name, y.name);
        EXPECT_EQ(x.kind, y.kind);
        EXPECT_EQ(x.batch, y.batch);
        EXPECT_EQ(x.m, y.m);
        EXPECT_EQ(x.n, y.n);
        EXPECT_EQ(x.k, y.k);
        EXPECT_EQ(x.weightElements(), y.weightElements());
        EXPECT_EQ(x.inputElements(), y.inputElements());
    }
}

TEST(Topology, RoundTripIsLossless)
{
    for (const std::string& text :
         {std::string("Layer, M, N, K,\nqkv, 197, 576,192,\nb,1,2,3,\n"),
          std::string(kConvHeader) + "Conv1,224,224,11,11,3,96,4,\nDP2,10,12,3,3,8,2,2,\n"}) {
        const auto first = parseTopology(text, "t.csv");
        ASSERT_TRUE(first) << first.error().message;
        const auto csv = topologyCsv(*first);
        ASSERT_TRUE(csv) << csv.error().message;
        const auto second = parseTopology(*csv, "t.csv");
        ASSERT_TRUE(second) << second.error().message;
        expectSame(*first, *second);
    }
}

} // namespace
} // namespace vitrine::sim
