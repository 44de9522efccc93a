#include "plugins/common/claim_table.h"

namespace vitrine
{
namespace
{

Cell cellOf(const std::optional<double>& value)
{
    return value ? Cell(*value) : Cell();
}

} // namespace

Table claimTable(std::span<const evidence::Reference> references, const std::string& ours)
{
    Table table{
        "reference",
        {{"claim", "", Origin::computed, "What is said"},
         {"paper", "", Origin::computed, "The published value"},
         {"unit", "", Origin::computed, "Of both values"},
         {"mark", "", Origin::computed,
          "paper: read in it; code: of its authors' code; abstract; unverified: recollected; "
          "ours: worked out"},
         {"ours", "", Origin::computed, ours},
         {"deviation", "", Origin::computed,
          "Ours over the published value, less 1; for percentages the difference in "
          "points"},
         {"conditions", "", Origin::computed, "Where it stands, what is compared"}},
        {}};
    for (const evidence::Reference& row : references)
        table.rows.push_back({row.claim->text, row.claim->value, row.claim->unit,
                              evidence::markName(row.claim->mark), cellOf(row.ours),
                              cellOf(row.deviation), row.claim->conditions});
    return table;
}

} // namespace vitrine
