/** The kernel's picture in launchers: two views of one image, and the gap that decoupling leaves between them. */
export const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="12" fill="#20303c"/>
<path d="M28 14a18 18 0 0 0 0 36" fill="none" stroke="#e69f00" stroke-width="8" stroke-linecap="round"/>
<path d="M36 14a18 18 0 0 1 0 36" fill="none" stroke="#56b4e9" stroke-width="8" stroke-linecap="round"/>
<circle cx="24" cy="32" r="4" fill="#e69f00"/>
<circle cx="40" cy="32" r="4" fill="#56b4e9"/>
</svg>
`;
