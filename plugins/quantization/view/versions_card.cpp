#include "plugins/quantization/view/versions_card.h"

#include "widgets/table/run_table.h"

#include <QBoxLayout>
#include <QPushButton>

#include <algorithm>

namespace vitrine::quantization_plugin
{

VersionsCard::VersionsCard(const QString& name, QWidget* parent)
    : Panel(tr("Versions"), parent), table_(new RunTable(this)), allColumns_(new QPushButton(this))
{
    table_->setAccessibleName(name);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setToolTip(tr("A click on a version shows its layers on the other pages"));
    body()->addWidget(table_);
    allColumns_->setProperty("kind", "chip");
    allColumns_->setCheckable(true);
    allColumns_->setToolTip(tr("All columns, which may scroll sideways, or those that fit"));
    controls()->addWidget(allColumns_);
    connect(table_, &RunTable::leftOutChanged, this, &VersionsCard::sayColumns);
    connect(allColumns_, &QPushButton::clicked, this, &VersionsCard::allColumnsWished);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) {
                const int of = table_->rowOf(row);
                if (!filling_ && of >= 0 && of < static_cast<int>(versions_.runOf.size()))
                    emit runChosen(versions_.runOf[static_cast<std::size_t>(of)]);
            });
}

void VersionsCard::setVersions(VersionTable versions)
{
    versions_ = std::move(versions);
    colours_.clear();
}

void VersionsCard::show(const std::vector<figure::RunLook>& looks, int selected, bool isAllShown)
{
    isAllShown_ = isAllShown;
    filling_ = true;
    colour(looks);
    sayColumns();
    select(selected);
    filling_ = false;
}

void VersionsCard::colour(const std::vector<figure::RunLook>& looks)
{
    std::vector<int> colours;
    for (const int run : versions_.runOf)
        colours.push_back(run < 0 ? figure::kMuted : looks[static_cast<std::size_t>(run)].colour);
    if (colours == colours_)
        return;
    table_->setRows(versions_.table, colours);
    table_->setGivingWay(versions_.givingWay);
    colours_ = std::move(colours);
}

void VersionsCard::select(int run)
{
    const auto row = std::ranges::find(versions_.runOf, run);
    table_->selectRow(run < 0 ? -1 : static_cast<int>(row - versions_.runOf.begin()));
}

void VersionsCard::sayColumns()
{
    table_->setAllShown(isAllShown_);
    const int out = table_->leftOut();
    allColumns_->setChecked(isAllShown_);
    allColumns_->setVisible(isAllShown_ || out > 0);
    allColumns_->setText(isAllShown_ ? tr("All columns")
                         : out == 1  ? tr("1 more column")
                                     : tr("%1 more columns").arg(out));
    allColumns_->setAccessibleName(allColumns_->text());
}

} // namespace vitrine::quantization_plugin
