#pragma once

#include <QLayout>
#include <QList>

namespace vitrine
{

// Items one after the other, in as many rows as the width needs; each row in the middle of its
// height.
class FlowLayout : public QLayout
{
public:
    explicit FlowLayout(QWidget* parent, int gap = 8);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override { items_.append(item); }
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override { return items_.value(index); }
    QLayoutItem* takeAt(int index) override
    {
        return index >= 0 && index < items_.size() ? items_.takeAt(index) : nullptr;
    }
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return place(QRect(0, 0, width, 0), false); }
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;
    QSize lineSize() const; // of all items in one row
    void setGeometry(const QRect& rect) override;

private:
    int place(const QRect& rect, bool isReal) const; // the height that it takes

    QList<QLayoutItem*> items_;
    int gap_;
};

} // namespace vitrine
