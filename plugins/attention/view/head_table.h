#pragma once

#include "plugins/attention/view/scene.h"

#include <QAbstractTableModel>
#include <QTableView>

#include <optional>
#include <vector>

namespace vitrine::attention_plugin
{

// Heads as rows; with several runs every measure has a column per run, then differences.
class HeadTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setScene(const Scene& scene);
    int rowOf(LayerHead head) const; // -1: none
    LayerHead headAt(int row) const { return order_[static_cast<std::size_t>(row)]; }
    int sortedColumn() const;
    QString columnName(int column) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Column {
        QString name; // as in the table `heads`: "first_token_mass", with run "first_token_mass:1"
        QString label, unit, help;
        std::size_t run = 0;
        std::optional<int> decimals{}; // that its numbers have in common
    };
    void makeColumns(const Scene& scene);
    double value(LayerHead head, const Column& column) const;
    bool isNotFinite(LayerHead head, const Column& column) const;
    void sortRows();

    std::vector<Column> columns_;
    std::vector<std::vector<HeadRow>> rows_; // per run, ascending by head
    std::vector<LayerHead> order_;
    std::vector<LayerHead> pinned_;
    QString sortColumn_;
    bool descending_ = true;
    std::uint64_t version_ = 0;
};

class HeadTable : public QTableView
{
    Q_OBJECT
public:
    explicit HeadTable(QWidget* parent);

    void setScene(const Scene& scene);

signals:
    void headChosen(vitrine::model::LayerHead head);
    void headPinToggled(vitrine::model::LayerHead head);
    void sortChosen(const QString& column, bool descending);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    HeadTableModel* model_;
    bool following_ = false; // the selection is being set, not chosen
};

} // namespace vitrine::attention_plugin
