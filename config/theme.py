"""The colour of the admin, from light to dark. Pure."""

PRIMARY = {
    "50": "#f0fdfa",
    "100": "#d5f5ef",
    "200": "#a8e6dc",
    "300": "#74d0c4",
    "400": "#45b3a8",
    "500": "#23978d",
    "600": "#0f7770",
    "700": "#0f5f5c",
    "800": "#124c4a",
    "900": "#133f3e",
    "950": "#052726",
}
