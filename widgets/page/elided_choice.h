#pragma once

#include <QComboBox>

namespace vitrine
{

// A choice whose name ends in an ellipsis where it is too long for its field; its list shows names
// whole.
class ElidedChoice : public QComboBox
{
public:
    using QComboBox::QComboBox;

    void showPopup() override;
    QString shownText() const; // what stands in the field

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace vitrine
